/**
 * Verbs on links between workflows. Each row is what a document says; which workflow is meant is found out when it is asked, so that
 * links follow workflows that are renamed, deleted or made later.
 */
import {
  type LinkTaskType,
  type ProjectId,
  type TriggerId,
  type WorkflowDocument,
  type WorkflowId,
  writtenLinks,
} from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement } from '../ports/driver.ts';
import type { LinkEnd, WorkflowLink, WorkflowLinkStore } from '../ports/workflow-links.ts';
import { many, statement } from '../sql/access.ts';
import { HEAD, readHead } from './workflow-history.ts';

const LINK = `l.kind, l.task, l.enabled, l.of_task, l.range, null as trigger_id, null as trigger_name,
  l.target_project as project_ref, l.target_workflow as workflow_ref,
  w.id as said_id, w.name as said_name, sp.id as said_project_id, sp.name as said_project,
  t.id as named_id, t.name as named_name, tp.id as named_project_id, tp.name as named_project`;
/** An id comes before a name, as where tasks look for what they name. */
const TARGET = `left join projects tp on tp.id = coalesce((select p.id from projects p where p.id = l.target_project),
    (select p.id from projects p where p.name = l.target_project))
  left join workflows t on t.id = coalesce(
    (select x.id from workflows x where x.id = l.target_workflow and +x.project_id = tp.id),
    (select x.id from workflows x where x.project_id = tp.id and x.name = l.target_workflow))`;
const SAID = 'cross join workflows w on w.id = l.workflow_id cross join projects sp on sp.id = w.project_id';

const SAID_BY = `select ${LINK} from json_each(?) i cross join workflow_links l on l.workflow_id = i.value ${SAID} ${TARGET} limit ?`;
const NAMING = `select ${LINK} from json_each(?) i cross join workflows n on n.id = i.value cross join projects np on np.id = n.project_id
  cross join workflow_links l indexed by workflow_links_target
    on l.target_project in (np.id, np.name) and l.target_workflow in (n.id, n.name) ${SAID} ${TARGET} where t.id = n.id limit ?`;
const SAID_IN_PROJECT = `select ${LINK} from workflow_links l indexed by workflow_links_project ${SAID} ${TARGET}
  where l.project_id = ? order by l.workflow_id, l.position limit ?`;
const NAMING_PROJECT = `select ${LINK} from projects np cross join workflow_links l indexed by workflow_links_target
    on l.target_project in (np.id, np.name) ${SAID} ${TARGET} where np.id = ? and l.project_id <> np.id and tp.id = np.id limit ?`;

const AFTER = `'after_workflow' as kind, null as task, g.online as enabled, null as of_task, g.config ->> '$.on' as range,
  g.id as trigger_id, g.name as trigger_name, g.config ->> '$.projectId' as project_ref, g.config ->> '$.workflowId' as workflow_ref,
  w.id as said_id, w.name as said_name, sp.id as said_project_id, sp.name as said_project,
  t.id as named_id, t.name as named_name, tp.id as named_project_id, tp.name as named_project`;
const ENDS = `cross join workflows w on w.id = g.workflow_id cross join projects sp on sp.id = w.project_id
  left join workflows t on t.id = g.config ->> '$.workflowId' left join projects tp on tp.id = g.config ->> '$.projectId'`;
const TRIGGERS_OF = `select ${AFTER} from json_each(?) i cross join triggers g indexed by triggers_name
    on g.workflow_id = i.value and +g.kind = 'after_workflow' ${ENDS} limit ?`;
/** The signs before the columns let the index of expressions be used, which have no affinity. */
const FOLLOWING = `select ${AFTER} from json_each(?) i cross join workflows n on n.id = i.value
  cross join triggers g indexed by triggers_follow on g.kind = 'after_workflow' and g.config ->> '$.projectId' = +n.project_id
    and g.config ->> '$.workflowId' = +n.id ${ENDS} limit ?`;
const TRIGGERS_OF_PROJECT = `select ${AFTER} from triggers g indexed by triggers_project ${ENDS}
  where g.project_id = ? and +g.kind = 'after_workflow' order by g.id limit ?`;
const FOLLOWING_PROJECT = `select ${AFTER} from triggers g indexed by triggers_follow ${ENDS}
  where g.kind = 'after_workflow' and g.config ->> '$.projectId' = ? and +g.project_id <> g.config ->> '$.projectId' limit ?`;

const OUTLINES = `select w.id, w.name, w.online, w.project_id, p.name as project_name
  from json_each(?) i cross join workflows w on w.id = i.value cross join projects p on p.id = w.project_id`;
const NEWEST_RUNS = `select r.workflow_id, ${HEAD} from json_each(?) i cross join workflow_instances r on r.id in (
    select x.id from workflow_instances x indexed by workflow_instances_workflow where x.workflow_id = i.value order by x.id desc limit ?)`;

const IS_NEWEST = `exists (select 1 from workflows w join workflow_versions v on v.workflow_id = w.id and v.version = w.version
  where w.id = ? and v.content_hash = ?)`;
const ADD = `insert into workflow_links (workflow_id, position, project_id, kind, task, enabled, target_project, target_workflow, of_task, range)
  select w.id, j.key, w.project_id, j.value ->> 0, j.value ->> 1, j.value ->> 2, coalesce(j.value ->> 3, w.project_id),
    j.value ->> 4, j.value ->> 5, j.value ->> 6
  from workflows w cross join json_each(?) j where w.id = ?`;
const DROP = 'delete from workflow_links where workflow_id = ?';

/** In the unit that makes the workflow, after it. */
export function addLinks(id: WorkflowId, document: WorkflowDocument): readonly SqlStatement[] {
  const rows = linkRows(document);
  return rows === null ? [] : [statement(ADD, [rows, id])];
}

/** In the unit that saves a version, at its end: nothing happens where that is not the newest. */
export function followLinks(id: WorkflowId, document: WorkflowDocument, contentHash: string): readonly SqlStatement[] {
  const rows = linkRows(document);
  return [
    statement(`${DROP} and ${IS_NEWEST}`, [id, id, contentHash]),
    ...(rows === null ? [] : [statement(`${ADD} and ${IS_NEWEST}`, [rows, id, id, contentHash])]),
  ];
}

export function dropLinks(id: WorkflowId): SqlStatement {
  return statement(DROP, [id]);
}

function linkRows(document: WorkflowDocument): string | null {
  const links = writtenLinks(document);
  const row = ({ kind, task, enabled, project, workflow, ofTask, range }: (typeof links)[number]) => {
    return [kind, task, enabled ? 1 : 0, project, workflow, ofTask, range];
  };
  return links.length === 0 ? null : JSON.stringify(links.map(row));
}

export function createWorkflowLinkVerbs(driver: SqlDriver): WorkflowLinkStore {
  async function read(queries: readonly string[], subject: string, limit: number): Promise<readonly WorkflowLink[]> {
    const found = await Promise.all(queries.map((sql) => many(driver, sql, [subject, limit])));
    const links = found.flat().map(readLink);
    return [...new Map(links.map((link) => [linkKey(link), link])).values()];
  }

  return {
    around: (ids, limit) => read([SAID_BY, NAMING, TRIGGERS_OF, FOLLOWING], JSON.stringify(ids), limit),
    ofProject: (id, limit) =>
      read([SAID_IN_PROJECT, NAMING_PROJECT, TRIGGERS_OF_PROJECT, FOLLOWING_PROJECT], id, limit),
    async outlines(ids) {
      const rows = await many(driver, OUTLINES, [JSON.stringify(ids)]);
      return rows.map((row) => ({
        ...{ workflowId: row.id as WorkflowId, workflowName: String(row.name), online: row.online === 1 },
        ...{ projectId: row.project_id as ProjectId, projectName: String(row.project_name) },
      }));
    },
    async newestRuns(ids, each) {
      const rows = await many(driver, NEWEST_RUNS, [JSON.stringify(ids), each]);
      const runs = rows.map((row) => ({ ...readHead(row), workflowId: row.workflow_id as WorkflowId }));
      return runs.sort((a, b) => (a.id < b.id ? 1 : -1));
    },
  };
}

/** Same place, same key: several items of one task may name one workflow. */
export function linkKey({ kind, said, named, task, trigger, ofTask, range }: WorkflowLink): string {
  const ends = [said, named].map((end) => end.workflowId ?? `${end.projectName}/${end.workflowName}`);
  return JSON.stringify([kind, ...ends, task, trigger?.id ?? null, ofTask, range]);
}

function readLink(row: SqlRow): WorkflowLink {
  const text = (value: unknown) => (value === null ? null : String(value));
  const end = (which: 'said' | 'named', projectRef: string, workflowRef: string): LinkEnd => ({
    projectId: row[`${which}_project_id`] as ProjectId | null,
    projectName: text(row[`${which}_project`]) ?? projectRef,
    workflowId: row[`${which}_id`] as WorkflowId | null,
    workflowName: text(row[`${which}_name`]) ?? workflowRef,
  });
  return {
    kind: row.kind as LinkTaskType | 'after_workflow',
    said: end('said', '', ''),
    named: end('named', String(row.project_ref), String(row.workflow_ref)),
    task: text(row.task),
    trigger: row.trigger_id === null ? null : { id: row.trigger_id as TriggerId, name: String(row.trigger_name) },
    enabled: row.enabled === 1,
    ofTask: text(row.of_task),
    range: text(row.range),
  };
}
