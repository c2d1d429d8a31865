/** /workflow-instances: look at runs. What can be asked of them is in `run-actions.ts` and `bulk-actions.ts`. */
import { AppError, compileWorkflow, type WorkflowInstanceRow } from '@vaquita/core';
import * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { toGraphView } from '../runs/graph-view.ts';
import { toInstanceView, toTaskInstanceView } from '../runs/instance-view.ts';
import { EventPage } from '../views/event.ts';
import { GraphView, InstancePage, InstanceView, RunWords, WorkflowStateName } from '../views/instance.ts';
import { PageQuery } from '../views/page.ts';
import { TaskInstancePage } from '../views/task-instance.ts';
import { toEventView } from './events.ts';
import { instanceFilter } from './instance-filter.ts';
import { requireInstance } from './lookup.ts';
import { pageRequest, toPage } from './paging.ts';

const TAG = 'Runs';
const ITEM = '/api/v1/workflow-instances/{id}';

const InstanceQuery = PageQuery.extend({
  project: z.string().optional().meta({ description: 'Id or name' }),
  workflow: z.string().optional().meta({ description: 'Id or name; needs `project`' }),
  state: z.array(WorkflowStateName).optional().meta({ description: 'Any of these; repeated or separated by commas' }),
  parent: z.string().optional().meta({ description: 'Only runs that tasks of the run with this id started' }),
  ...RunWords,
  number: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: 'The run of the workflow with this number; needs `workflow`' }),
});

export function instanceEndpoints(deps: ApiDeps): readonly Endpoint[] {
  return [...listEndpoints(deps), ...detailEndpoints(deps)];
}

/** Names of projects, each looked up once per answer. */
export function projectNames({ store }: ApiDeps): (row: WorkflowInstanceRow) => Promise<string> {
  const names = new Map<string, Promise<string>>();
  return (row) => {
    const known = names.get(row.projectId);
    if (known) return known;
    const name = store.projects.find(row.projectId).then((project) => project?.name ?? '');
    names.set(row.projectId, name);
    return name;
  };
}

function listEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store } = deps;

  return [
    endpoint({
      method: 'get',
      path: '/api/v1/workflow-instances',
      tag: TAG,
      access: 'view',
      summary: 'List runs, newest first',
      description:
        'With an origin and a state, project or workflow, a page may hold fewer runs than asked for, also none, while ' +
        'there are older ones: go on as long as there is a `nextCursor`.',
      query: InstanceQuery,
      status: 200,
      answer: InstancePage,
      async handle({ query }) {
        const page = await store.instances.list(
          await instanceFilter(store, { ...query, states: query.state }),
          pageRequest(query),
        );
        const nameOf = projectNames(deps);
        const items = await Promise.all(page.items.map(async (row) => toInstanceView(row, await nameOf(row))));
        return { items, nextCursor: page.next };
      },
    }),
  ];
}

function detailEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store } = deps;
  return [
    endpoint({
      method: 'get',
      path: ITEM,
      tag: TAG,
      access: 'view',
      summary: 'Show a run',
      status: 200,
      answer: InstanceView,
      async handle({ params }) {
        const row = await requireInstance(store, params.id);
        return toInstanceView(row, await projectNames(deps)(row));
      },
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/tasks`,
      tag: TAG,
      access: 'view',
      summary: 'List the task instances of a run, in order of creation',
      query: PageQuery,
      status: 200,
      answer: TaskInstancePage,
      async handle({ params, query }) {
        const instance = await requireInstance(store, params.id);
        return toPage(await store.instances.taskPage(instance.id, pageRequest(query)), toTaskInstanceView);
      },
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/graph`,
      tag: TAG,
      access: 'view',
      summary: 'The tasks this run does and how they depend on each other, with their states',
      status: 200,
      answer: GraphView,
      async handle({ params }) {
        const instance = await requireInstance(store, params.id);
        const version = await store.workflows.version(instance.workflowId, instance.version);
        if (!version) {
          throw new AppError('gone', 'The workflow of this run was deleted, and its graph with it.');
        }
        return toGraphView(compileWorkflow(version.document), instance, await store.instances.tasks(instance.id));
      },
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/events`,
      tag: TAG,
      access: 'view',
      summary: 'What happened in a run, oldest first',
      query: PageQuery,
      status: 200,
      answer: EventPage,
      async handle({ params, query }) {
        const instance = await requireInstance(store, params.id);
        const after = Number(query.cursor ?? 0);
        if (!Number.isSafeInteger(after) || after < 0) {
          throw new AppError('bad_request', 'The cursor is not one that this list gave.');
        }
        const rows = await store.events.after(after, { limit: query.limit, workflowInstanceId: instance.id });
        // Asked for apart: the largest page of the API is also the largest of the store.
        const last = rows.length === query.limit ? rows.at(-1) : undefined;
        const next = last && (await store.events.after(last.seq, { limit: 1, workflowInstanceId: instance.id }));
        return { items: rows.map(toEventView), nextCursor: last && next?.length ? String(last.seq) : null };
      },
    }),
  ];
}
