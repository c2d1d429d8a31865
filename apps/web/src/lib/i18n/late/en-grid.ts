/** English texts of the grid of runs by tasks. */
import { count, plural } from '../en-count.ts';

export const enGrid = {
  label: 'Recent runs by tasks, oldest run first',
  task: 'Task',
  run: 'Run',
  longest: (length: string) => `longest run ${length}`,
  nothing: 'nothing was done',
  filters: 'What the grid shows',
  howMany: 'Runs',
  lastRuns: (n: number) => `Last ${count(n)} runs`,
  runsBefore: (n: number) => `${count(n)} runs`,
  all: 'All tasks',
  failed: 'With failures',
  find: 'Find a task',
  older: 'Older runs',
  newest: 'Newest runs',
  shown: (tasks: number, runs: number) => `${plural(tasks, 'task', 'tasks')} × ${plural(runs, 'run', 'runs')}`,
  noFailed: 'No task has failed in these runs',
  noMatch: 'No task is called like this',
  everything: 'Show all tasks',
  choose: 'Choose a field to see what it stands for. Arrow keys walk the grid, Enter opens.',
  attempts: 'Attempts',
  took: 'Took',
  started: 'Started',
  version: 'Version',
  openTask: 'Open the task',
  openRun: 'Open the run',
  legend: 'What the shapes mean',
  again: 'More than one attempt',
};

export type GridMessages = typeof enGrid;
