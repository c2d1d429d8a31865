/** Verbs of the workflows aggregate: the workflow and the versions of its document. */
import { AppError, type NewEvent, type WorkflowDocument, type WorkflowId } from '@vaquita/core';
import type { WorkflowRow, WorkflowStore, WorkflowVersionRow } from '../ports/api.ts';
import type { SqlDriver, SqlValue } from '../ports/driver.ts';
import type { DefinitionSource } from '../ports/master.ts';
import { OPEN_STATES_SQL } from '../schema/state-lists.ts';
import { many, one, refuse, statement, writeOr } from '../sql/access.ts';
import { checkLimit, decodeCursor, toPage } from '../sql/page.ts';
import { NEW_EVENTS, VERSION_HEADS, VERSIONS, WORKFLOWS } from '../sql/tables.ts';
import type { DocumentCache } from './document-cache.ts';
import { deleteSchedulesOf, followWorkflow } from './schedules/people.ts';
import { deleteWatching } from './triggers/watching.ts';
import { addLinks, dropLinks, followLinks } from './workflow-links.ts';
import { createWorkflowListVerbs } from './workflow-list.ts';

const SELECT = `select ${WORKFLOWS.columns} from workflows`;
/** Inserts the next version unless the newest one holds the same content. */
const ADD_VERSION = `insert into workflow_versions (workflow_id, version, document, content_hash, created_by, created_at)
  select w.id, w.version + 1, ?, ?, ?, ? from workflows w
  where w.id = ? and w.version = coalesce(?, w.version) and not exists (
    select 1 from workflow_versions v where v.workflow_id = w.id and v.version = w.version and v.content_hash = ?)`;
/** Follows it: changes the workflow only when there is a newer version than the one it names. */
const FOLLOW_VERSION = `update workflows set version = version + 1, name = ?, description = ?, task_count = ?, updated_at = ?
  where id = ? and exists (
    select 1 from workflow_versions v where v.workflow_id = workflows.id and v.version = workflows.version + 1)`;
/** Between the two: tells of the version that was added, if one was. */
const TELL_OF_VERSION = `insert into events (type, project_id, workflow_instance_id, task_instance_id, at, data)
  select ?, ?, ?, ?, ?, json_set(?, '$.version', w.version + 1) from workflows w
  where w.id = ? and exists (select 1 from workflow_versions v where v.workflow_id = w.id and v.version = w.version + 1)`;
const TELL_OF_TASKS = `insert into events (type, project_id, at, data)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?)`;
/** Between the two as well. */
const TELL_OF_TASKS_OF_VERSION = `${TELL_OF_TASKS} where exists (select 1 from workflows w join workflow_versions v
  on v.workflow_id = w.id and v.version = w.version + 1 where w.id = ?)`;
const CURRENT_VERSION = 'select version from workflows where id = ?';
/** Before the change itself: tells of it if there will be one. */
const TELL_OF_ONLINE = `${NEW_EVENTS.insertSelect} from workflows where id = ? and online <> ?`;
const SET_ONLINE = 'update workflows set online = ?, updated_at = ? where id = ? and online <> ?';
const EXISTS = 'select 1 from workflows where id = ?';
const DELETE_VERSIONS = 'delete from workflow_versions where workflow_id = ?';
const DELETE_TRIGGERS = 'delete from triggers where workflow_id = ?';
const DELETE = `delete from workflows where id = ? and version = coalesce(?, version) and not exists (
    select 1 from workflow_instances where workflow_id = ? and state in ${OPEN_STATES_SQL})`;

export const HAS_RUNS = 'The workflow has runs that have not ended. Stop them, or wait for their end.';
export const HAS_CHANGED = 'Somebody has saved a new version meanwhile. Look at it, and delete the workflow then.';

const HEAD = `select ${VERSION_HEADS.columns} from workflow_versions where workflow_id = ? and version = ?`;
const DOCUMENT = 'select document from workflow_versions where workflow_id = ? and version = ?';

/** The document of a version that is not kept; undefined when it has been deleted meanwhile. */
export async function readDocument(
  driver: SqlDriver,
  documents: DocumentCache,
  { workflowId, version, contentHash }: Pick<WorkflowVersionRow, 'workflowId' | 'version' | 'contentHash'>,
): Promise<WorkflowDocument | undefined> {
  const row = await one(driver, DOCUMENT, [workflowId, version]);
  return row && documents.add(contentHash, String(row.document));
}

export function createWorkflowVerbs(driver: SqlDriver, documents: DocumentCache): WorkflowStore & DefinitionSource {
  const nameInUse = (name: string) =>
    refuse('name_in_use', `The project has a workflow named "${name}" already. Choose another name.`);

  async function findOne(where: string, args: readonly SqlValue[]): Promise<WorkflowRow | undefined> {
    const row = await one(driver, `${SELECT} where ${where}`, args);
    return row && WORKFLOWS.read(row);
  }

  async function version(id: WorkflowId, number: number) {
    const head = await one(driver, HEAD, [id, number]);
    if (head === undefined) return undefined;
    const row = VERSION_HEADS.read(head);
    const document = documents.get(row.contentHash) ?? (await readDocument(driver, documents, row));
    return document && { ...row, document };
  }

  return {
    ...createWorkflowListVerbs(driver, documents),
    version,
    async document(id, number): Promise<WorkflowDocument | undefined> {
      return (await version(id, number))?.document;
    },
    async create(row, first, event, tasks = []) {
      // The project's foreign key and the unique name both end as a conflict: ask which it was.
      await writeOr(
        driver,
        [
          statement(WORKFLOWS.insert, WORKFLOWS.args(row)),
          statement(VERSIONS.insert, VERSIONS.args(first)),
          ...addLinks(row.id, first.document),
          statement(NEW_EVENTS.insert, NEW_EVENTS.args(event)),
          ...(tasks.length === 0 ? [] : [statement(TELL_OF_TASKS, [taskRows(tasks)])]),
        ],
        async () =>
          (await one(driver, 'select 1 from projects where id = ?', [row.projectId])) === undefined
            ? new AppError('not_found', `There is no project ${row.projectId}.`)
            : nameInUse(row.name)(),
      );
    },
    async saveVersion(id, change, event, tasks) {
      const { name, description, taskCount, document, contentHash, createdBy, at } = change;
      const results = await writeOr(
        driver,
        [
          statement(ADD_VERSION, [
            ...[JSON.stringify(document), contentHash, createdBy, at, id],
            ...[tasks?.base ?? null, contentHash],
          ]),
          statement(TELL_OF_VERSION, versionEventArgs(event, id)),
          statement(TELL_OF_TASKS_OF_VERSION, [taskRows(tasks?.events ?? []), id]),
          statement(FOLLOW_VERSION, [name, description, taskCount, at, id]),
          statement(CURRENT_VERSION, [id]),
          ...followLinks(id, document, contentHash),
        ],
        nameInUse(name),
      );
      const newest = results[4]!.rows[0];
      if (newest === undefined) throw noWorkflow(id);
      return { version: Number(newest.version), created: results[0]!.changes === 1 };
    },
    async find(projectId, idOrName) {
      return (
        (await findOne('id = ? and project_id = ?', [idOrName, projectId])) ??
        (await findOne('project_id = ? and name = ?', [projectId, idOrName]))
      );
    },
    async versions(id, page) {
      const limit = checkLimit(page.limit);
      const before = decodeCursor(page, 'number');
      const where = before === null ? 'workflow_id = ?' : 'workflow_id = ? and version < ?';
      const args = before === null ? [id, limit + 1] : [id, before, limit + 1];
      const sql = `select ${VERSION_HEADS.columns} from workflow_versions where ${where} order by version desc limit ?`;
      const rows = await many(driver, sql, args);
      return toPage(rows.map(VERSION_HEADS.read), limit, (row) => row.version);
    },
    async setOnline(id, online, event) {
      const target = online ? 1 : 0;
      const following = followWorkflow(id, online, event.at);
      const results = await driver.write([
        statement(TELL_OF_ONLINE, [...NEW_EVENTS.args(event), id, target]),
        ...following,
        statement(SET_ONLINE, [target, event.at, id, target]),
        statement(EXISTS, [id]),
      ]);
      const [changed, exists] = results.slice(-2);
      if (exists!.rows.length === 0) throw noWorkflow(id);
      return changed!.changes === 1;
    },
    async delete(id, event, tasks) {
      const unit = [
        ...deleteSchedulesOf(id, event.at),
        statement(DELETE_VERSIONS, [id]),
        dropLinks(id),
        ...deleteWatching('workflow_id', id),
        statement(DELETE_TRIGGERS, [id]),
        statement(DELETE, [id, tasks?.base ?? null, id], 1),
        ...(tasks === undefined ? [] : [statement(TELL_OF_TASKS, [taskRows(tasks.events)])]),
        statement(NEW_EVENTS.insert, NEW_EVENTS.args(event)),
      ];
      await writeOr(driver, unit, async () => {
        const row = await findOne('id = ?', [id]);
        if (row === undefined) return noWorkflow(id);
        const isOther = row.version !== (tasks?.base ?? row.version);
        return new AppError('conflict', isOther ? HAS_CHANGED : HAS_RUNS);
      });
    },
  };
}

export function noWorkflow(id: string): AppError {
  return new AppError('not_found', `There is no workflow ${id}.`);
}

/** Of events that are of no run, for one statement however many there are. */
function taskRows(events: readonly NewEvent[]): string {
  return JSON.stringify(events.map(({ type, projectId, at, data }) => [type, projectId, at, JSON.stringify(data)]));
}

function versionEventArgs(event: NewEvent, id: WorkflowId): SqlValue[] {
  const { type, projectId, workflowInstanceId, taskInstanceId, at, data } = event;
  return [type, projectId, workflowInstanceId, taskInstanceId, at, JSON.stringify(data), id];
}
