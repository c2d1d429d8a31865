/** English texts of what is asked for of a run: its merged log, its events, and what its tasks took and gave. */
import { count, plural } from '../en-count.ts';

export const enRunLog = {
  startParams: 'Start parameters',
  inputs: 'Inputs of',
  outputs: 'Outputs',
  noParams: 'This run was started without parameters of its own.',
  eventAt: 'Time',
  eventWhat: 'Event',
  eventTask: 'Task',
  eventDetail: 'Detail',
  eventsEmpty: 'Nothing has been recorded yet.',
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
