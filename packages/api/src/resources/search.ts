/** /search: from a name or an id to what bears it. */
import { isId, type TaskInstanceRow, type WorkflowInstanceRow } from '@vaquita/core';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { type SearchHit, SearchQuery, SearchView } from '../views/search.ts';

/** Workflows of one name whose runs are looked for by number. */
const MAX_NAMESAKES = 20;

const NOTHING = { projectName: null, workflowName: null, runId: null, number: null, state: null };

export function searchEndpoints({ store, workers }: Pick<ApiDeps, 'store' | 'workers'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/search',
      tag: 'Operation',
      access: 'view',
      summary: 'Find what bears a name or an id',
      description:
        'Projects, workflows, schedules, triggers, task groups, worker groups and workers whose names begin so; a run or a task by its ' +
        'whole id; a run by the name of its workflow and its number.',
      query: SearchQuery,
      status: 200,
      answer: SearchView,
      async handle({ query: { q, limit } }) {
        const [byId, byNumber, named, others] = await Promise.all([
          isId(q.toLowerCase()) ? findById(store, q.toLowerCase()) : [],
          findByNumber(store, q),
          store.names.beginning(q, limit),
          findPlaces({ store, workers }, q, limit),
        ]);
        return { items: [...byId, ...byNumber, ...named.map((thing) => ({ ...NOTHING, ...thing })), ...others] };
      },
    }),
  ];
}

async function findById(store: ApiStore, id: string): Promise<readonly SearchHit[]> {
  const run = await store.instances.find(id);
  if (run) return [await runHit(store, run)];
  const task = await store.instances.task(id);
  const of = task && (await store.instances.find(task.workflowInstanceId));
  return of ? [taskHit(task, await runHit(store, of))] : [];
}

async function findByNumber(store: ApiStore, text: string): Promise<readonly SearchHit[]> {
  const [, name, digits] = /^(.+?)\s*#\s*(\d{1,9})$/.exec(text) ?? [];
  if (name === undefined) return [];
  const ids = await store.names.workflowsNamed(name, MAX_NAMESAKES);
  const page = { limit: 1, cursor: null };
  const found = await Promise.all(
    ids.map((workflowId) => store.instances.list({ workflowId, number: Number(digits) }, page)),
  );
  return Promise.all(found.flatMap(({ items }) => items).map((run) => runHit(store, run)));
}

/** Worker groups and workers are few and are read as a whole. */
async function findPlaces(
  { store, workers }: Pick<ApiDeps, 'store' | 'workers'>,
  prefix: string,
  limit: number,
): Promise<readonly SearchHit[]> {
  const [groups, all] = await Promise.all([store.workerGroups.all(), workers.list()]);
  const begins = ({ name }: { readonly name: string }) => name.toLowerCase().startsWith(prefix.toLowerCase());
  const hits = (kind: SearchHit['kind'], rows: readonly { readonly id: string; readonly name: string }[]) =>
    rows
      .filter(begins)
      .slice(0, limit)
      .map(({ id, name }) => ({ ...NOTHING, kind, id, name }));
  return [...hits('worker_group', groups), ...hits('worker', all)];
}

async function runHit(store: ApiStore, run: WorkflowInstanceRow): Promise<SearchHit> {
  const { id, number, state, workflowName } = run;
  const project = await store.projects.find(run.projectId);
  const projectName = project?.name ?? run.projectId;
  return { kind: 'run', id, name: workflowName, projectName, workflowName, runId: id, number, state };
}

function taskHit({ id, name, state }: TaskInstanceRow, run: SearchHit): SearchHit {
  return { ...run, kind: 'task', id, name, state };
}
