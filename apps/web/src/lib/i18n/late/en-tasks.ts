/** English texts of the list of tasks across runs. */
import { plural } from '../en-count.ts';

export const enTasks = {
  title: 'Tasks',
  task: 'Task',
  state: 'State',
  type: 'Type',
  worker: 'Worker',
  submitted: 'Submitted',
  duration: 'Duration',
  why: 'Why?',
  allTypes: 'All types',
  allWorkers: 'All workers',
  filters: {
    all: 'All',
    active: 'Active',
    failed: 'Failed',
    success: 'Success',
    stopped: 'Killed',
    paused: 'Paused',
  },
  fresh: (n: number) => `${plural(n, 'new task', 'new tasks')} — show`,
  older: 'Older tasks',
  emptyTitle: 'No task has run yet',
  emptyText: 'Start a workflow, and its tasks appear here at once.',
  noMatch: 'No task matches these filters.',
  further: 'None among the newest. Older ones have not been looked at yet.',
  look: 'Look further back',
  clear: 'Clear the filters',
};

export type TasksMessages = typeof enTasks;
