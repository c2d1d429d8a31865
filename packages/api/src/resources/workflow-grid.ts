/** …/{workflow}/grid: recent runs by tasks, in one answer without anything they carry. */
import { compileWorkflow, toAppError, type WorkflowDefinition } from '@vaquita/core';
import type { WorkflowRow } from '@vaquita/store';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { toGridView } from '../runs/grid-view.ts';
import { GridQuery, GridView } from '../views/workflow-grid.ts';
import { requireWorkflow } from './lookup.ts';
import { requireVersion } from './workflow-versions.ts';

/** Bounds the answer where a workflow has thousands of tasks: fewer runs come then, one at least. */
const MAX_CELLS = 60_000;

export function gridEndpoints({ store }: Pick<ApiDeps, 'store'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/projects/{project}/workflows/{workflow}/grid',
      tag: 'Workflows',
      access: 'view',
      summary: 'Recent runs by tasks: how each task of each run stands',
      description:
        `Runs come newest first, without parameters, outputs and reasons. At most ${MAX_CELLS} states are in one answer: ` +
        'of a workflow with very many tasks come fewer runs than were asked for, and `nextCursor` leads to the others. ' +
        'With `run` it is of these runs only, and ids that are no runs of the workflow are left out.',
      query: GridQuery,
      status: 200,
      answer: GridView,
      async handle({ params, query }) {
        const { workflow } = await requireWorkflow(store, params);
        const atMost = Math.max(1, Math.floor(MAX_CELLS / Math.max(1, workflow.taskCount)));
        const page = query.run
          ? { items: await store.workflowHistory.headsOf(workflow.id, query.run.slice(0, atMost)), next: null }
          : await store.workflowHistory.heads(workflow.id, {
              limit: Math.min(query.runs, atMost),
              cursor: query.cursor ?? null,
            });
        const heads = page.items;
        const [newest, versions, cells] = await Promise.all([
          requireVersion(store, workflow, workflow.version),
          readVersions(store, workflow, new Set(heads.map(({ version }) => version))),
          store.workflowHistory.cells(heads.map(({ id }) => id)),
        ]);
        const view = toGridView({ newest: compileWorkflow(newest.document), versions, heads, cells });
        return { ...view, nextCursor: page.next };
      },
    }),
  ];
}

/** An old version that this server cannot run any more says nothing of tasks that have not begun; the rest stays. */
async function readVersions(
  store: ApiStore,
  workflow: WorkflowRow,
  numbers: ReadonlySet<number>,
): Promise<ReadonlyMap<number, WorkflowDefinition>> {
  const found = new Map<number, WorkflowDefinition>();
  for (const number of numbers) {
    const row = await store.workflows.version(workflow.id, number);
    if (!row) continue;
    try {
      found.set(number, compileWorkflow(row.document));
    } catch (thrown) {
      if (toAppError(thrown).code !== 'bad_definition') throw thrown;
    }
  }
  return found;
}
