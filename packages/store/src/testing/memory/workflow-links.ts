/** Links between workflows, in memory: read from documents and triggers whenever they are asked for. */
import { type ProjectId, type WorkflowId, writtenLinks } from '@vaquita/core';
import type { LinkEnd, WorkflowLink, WorkflowLinkStore } from '../../ports/workflow-links.ts';
import { linkKey } from '../../verbs/workflow-links.ts';
import { compare, type Memory, type Tables } from './tables.ts';
import { toHead } from './workflow-history.ts';

function endOf({ projects, workflows, unique }: Tables, projectRef: string, workflowRef: string): LinkEnd {
  const project = projects.get(projectRef) ?? projects.get(unique.get(`project:${projectRef}`) ?? '');
  const byId = workflows.get(workflowRef);
  const byName = workflows.get(unique.get(`workflow:${project?.id}:${workflowRef}`) ?? '');
  const workflow = byId !== undefined && byId.projectId === project?.id ? byId : byName;
  return {
    projectId: project?.id ?? null,
    projectName: project?.name ?? projectRef,
    workflowId: workflow?.id ?? null,
    workflowName: workflow?.name ?? workflowRef,
  };
}

function* allLinks(tables: Tables): Iterable<WorkflowLink> {
  for (const { id, projectId } of tables.workflows.values()) {
    const said = endOf(tables, projectId, id);
    const document = tables.versions.get(id)?.at(-1)?.document;
    if (document === undefined) continue;
    for (const { project, workflow, ...link } of writtenLinks(document)) {
      yield { ...link, said, named: endOf(tables, project ?? projectId, workflow), trigger: null };
    }
  }
  for (const { id, name, config, online, projectId, workflowId } of tables.triggers.values()) {
    if (config.kind !== 'after_workflow') continue;
    const said = endOf(tables, projectId, workflowId);
    const named = endOf(tables, config.projectId, config.workflowId);
    yield {
      kind: config.kind,
      said,
      named,
      task: null,
      trigger: { id, name },
      enabled: online,
      ofTask: null,
      range: config.on,
    };
  }
}

export function createMemoryWorkflowLinks({ tables }: Memory): WorkflowLinkStore {
  function linksOf(isEnd: (end: LinkEnd) => boolean, limit: number): readonly WorkflowLink[] {
    const links = [...allLinks(tables)].filter(({ said, named }) => isEnd(said) || isEnd(named));
    return [...new Map(links.map((link) => [linkKey(link), link])).values()].slice(0, limit * 4);
  }

  return {
    async around(ids, limit) {
      const asked = new Set<WorkflowId | null>(ids);
      return linksOf(({ workflowId }) => workflowId !== null && asked.has(workflowId), limit);
    },
    async ofProject(id: ProjectId, limit) {
      return linksOf(({ projectId }) => projectId === id, limit);
    },
    async outlines(ids) {
      return ids.flatMap((id) => {
        const row = tables.workflows.get(id);
        if (row === undefined) return [];
        const { projectName } = endOf(tables, row.projectId, id);
        return [{ projectId: row.projectId, projectName, workflowId: id, workflowName: row.name, online: row.online }];
      });
    },
    async newestRuns(ids, each) {
      const newest = (id: WorkflowId) =>
        [...tables.instances.values()]
          .filter(({ workflowId }) => workflowId === id)
          .sort((a, b) => compare(b.id, a.id))
          .slice(0, each);
      const runs = ids.flatMap((id) => newest(id).map((run) => ({ ...toHead(run), workflowId: id })));
      return runs.sort((a, b) => compare(b.id, a.id));
    },
  };
}
