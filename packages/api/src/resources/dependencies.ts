/** …/dependencies: which workflows start or wait for which others, around one of them and in a project. */
import type { WorkflowId } from '@vaquita/core';
import type { LinkEnd, WorkflowLink } from '@vaquita/store';
import { type FoundLinks, keyOf, linksAround, MAX_LINKS, withinBounds } from '../dependencies/walk-links.ts';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import {
  type DependencyLink,
  type DependencyNode,
  DependencyQuery,
  DependencyView,
  MAX_DEPENDENCY_WORKFLOWS,
} from '../views/dependencies.ts';
import { requireProject, requireWorkflow } from './lookup.ts';
import { isoTime } from './paging.ts';

const TAG = 'Workflows';
const WHAT =
  'Links come from `dependent`, `sub_workflow` and `dynamic` tasks of the newest versions, and from triggers after a workflow. ';

export function dependencyEndpoints({ store }: Pick<ApiDeps, 'store'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/projects/{project}/workflows/{workflow}/dependencies',
      tag: TAG,
      access: 'view',
      summary: 'Which workflows start or wait for this one, and it for which',
      description: `${WHAT}They are followed both ways, also into other projects.`,
      query: DependencyQuery,
      status: 200,
      answer: DependencyView,
      async handle({ params, query }) {
        const { project, workflow } = await requireWorkflow(store, params);
        const bounds = { depth: query.depth, maxWorkflows: MAX_DEPENDENCY_WORKFLOWS };
        const found = await linksAround(store.workflowLinks, workflow.id, bounds);
        const root = {
          ...{ projectId: project.id, projectName: project.name },
          ...{ workflowId: workflow.id, workflowName: workflow.name },
        };
        return toView(store, found, [root]);
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/projects/{project}/dependencies',
      tag: TAG,
      access: 'view',
      summary: 'Which workflows of a project start or wait for which others',
      description: `${WHAT}Links into the project and out of it are among them; workflows without any are not.`,
      status: 200,
      answer: DependencyView,
      async handle({ params }) {
        const project = await requireProject(store, params.project);
        const found = await store.workflowLinks.ofProject(project.id, MAX_LINKS);
        return toView(store, withinBounds(found, MAX_DEPENDENCY_WORKFLOWS), []);
      },
    }),
  ];
}

async function toView(
  store: ApiStore,
  { links, cutShort }: FoundLinks,
  others: readonly LinkEnd[],
): Promise<DependencyView> {
  const ends = new Map(
    [...others, ...links.flatMap(({ said, named }) => [said, named])].map((end) => [keyOf(end), end]),
  );
  const ids = [...ends.values()].flatMap(({ workflowId }) => workflowId ?? []);
  const [outlines, runs] = await Promise.all([
    store.workflowLinks.outlines(ids),
    store.workflowLinks.newestRuns(ids, 1),
  ]);
  const online = new Set(outlines.filter((one) => one.online).map(({ workflowId }) => workflowId));
  const runOf = new Map(runs.map((run) => [run.workflowId, run]));
  const nodeOf = (end: LinkEnd): DependencyNode => {
    const run = end.workflowId === null ? undefined : runOf.get(end.workflowId);
    return {
      key: keyOf(end),
      id: end.workflowId,
      name: end.workflowName,
      projectName: end.projectName,
      online: online.has(end.workflowId as WorkflowId),
      newestRun: run ? { id: run.id, number: run.number, state: run.state, createdAt: isoTime(run.createdAt) } : null,
    };
  };
  return { nodes: [...ends.values()].map(nodeOf), links: links.map(toLinkView), cutShort };
}

/** What is waited for comes before what waits, and what starts before what is started. */
function toLinkView({ kind, said, named, ...about }: WorkflowLink): DependencyLink {
  const saidFirst = kind === 'sub_workflow' || kind === 'dynamic';
  const [from, to] = saidFirst ? [said, named] : [named, said];
  return { from: keyOf(from), to: keyOf(to), kind, ...about };
}
