/** English texts of the merged log of a run, and of what all its tasks took and gave. */
import { count, plural } from '../en-count.ts';

export const enRunLog = {
  follow: 'Follow',
  all: (n: number) => `The ends of the logs of ${plural(n, 'task', 'tasks')}, in the order in which they began`,
  some: (shown: number, of: number) =>
    `${count(shown)} of ${count(of)} tasks: those that failed, that run, or that began last`,
  none: 'No task of this run has written a log yet',
  cut: 'earlier lines are in its own log',
  empty: 'It wrote nothing.',
  nothingYet: 'Nothing written yet.',
  outputsOfRun: 'Outputs of the run',
  outputsOfAll: 'Outputs of all tasks',
  inputsOfAll: 'Inputs of all tasks',
  first: (shown: number, of: number) => `the first ${count(shown)} of ${count(of)}`,
};

export type RunLogMessages = typeof enRunLog;
