/** GET /task-instances: attempts of tasks of all runs. One of them is in `task-instances.ts`. */
import type { ListedTask } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { toReasonView } from '../runs/instance-view.ts';
import { type ListedTaskView, TaskListPage, TaskListQuery } from '../views/task-list.ts';
import { requireWorker } from '../workers/find-worker.ts';
import { placeFilter } from './instance-filter.ts';
import { isoTime, isoTimeOrNull, pageRequest } from './paging.ts';

export function taskListEndpoints({ store, workers }: ApiDeps): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/task-instances',
      tag: 'Tasks',
      access: 'view',
      summary: 'List task instances of all runs, newest first',
      description:
        'Within a project or a workflow, and of tasks that have not ended, those of the newest run come first. A page ' +
        'may hold fewer than `limit`, or none, although others follow: `nextCursor` alone tells that there is no more.',
      query: TaskListQuery,
      status: 200,
      answer: TaskListPage,
      async handle({ query }) {
        const { state, type, worker } = query;
        const filter = {
          ...(state === undefined || state.length === 0 ? {} : { states: state }),
          ...(type === undefined ? {} : { type }),
          ...(worker === undefined ? {} : { workerId: (await requireWorker(workers, worker)).id }),
          ...(await placeFilter(store, query)),
        };
        const page = await store.taskList.list(filter, pageRequest(query));
        const projects = [...new Set(page.items.map(({ run }) => run.projectId))];
        const found = await Promise.all(projects.map((id) => store.projects.find(id)));
        const names = new Map(projects.map((id, index) => [id, found[index]?.name ?? '']));
        const items = page.items.map((task) => toView(task, names.get(task.run.projectId)!));
        return { items, nextCursor: page.next };
      },
    }),
  ];
}

function toView(task: ListedTask, projectName: string): ListedTaskView {
  const { id, name, type, state, attempt, current, workerGroup, workerId, exitCode, run } = task;
  return {
    ...{ id, name, type, state, attempt, current, workerGroup },
    worker: task.workerName,
    workerId,
    submittedAt: isoTime(task.submittedAt),
    startedAt: isoTimeOrNull(task.startedAt),
    endedAt: isoTimeOrNull(task.endedAt),
    exitCode,
    reason: task.reason && toReasonView(task.reason),
    run: { id: run.id, number: run.number, projectName, workflowName: run.workflowName },
  };
}
