/** English texts of the calendar and the statistics of a workflow. */
import { count, plural } from '../en-count.ts';

export const enPast = {
  mapLabel: (year: number) => `Days of ${year} by the outcome of their runs`,
  legend: 'What the shapes mean',
  outcome: { success: 'Succeeded', failed: 'With failures', running: 'Going on', stopped: 'Stopped', none: 'No run' },
  runs: (n: number) => plural(n, 'run', 'runs'),
  failed: (n: number) => `${count(n)} failed`,
  earlier: 'Year before',
  later: 'Year after',
  zone: (zone: string) => `Days are those of business times in ${zone}.`,
  sums: (days: number, runs: number, failed: number) =>
    `${plural(runs, 'run', 'runs')} on ${plural(days, 'day', 'days')}, ${count(failed)} failed`,
  choose: 'Choose a day to see its runs. Arrow keys walk the days.',
  noRunsYear: (year: number) => `No run in ${year}`,
  dayRuns: (day: string) => `Runs of ${day}`,
  businessTime: 'Business time',
  dayEmpty: 'Nothing has run for this day.',
  dayAhead: 'This day has not come yet.',
  backfillDay: 'Backfill this day',
  backfillGap: (days: number) => `Backfill the gap of ${plural(days, 'day', 'days')}`,
  gap: (from: string, to: string) => `There are no runs from ${from} to ${to}.`,
  lookBack: 'How far it looks back',
  days: (n: number) => `Last ${plural(n, 'day', 'days')}`,
  ofRuns: (n: number) => `Of ${plural(n, 'run', 'runs')} that ended`,
  cutShort: (n: number) => `There are more: the newest ${count(n)} are counted.`,
  succeeded: 'Succeeded',
  p50: 'Half are done in',
  p95: '95 of 100 are done in',
  trend: 'Time that runs took',
  trendLabel: (runs: number) =>
    `How long ${plural(runs, 'run', 'runs')} took, oldest first; the line is the median of those around`,
  tasks: 'Tasks',
  sort: 'Order of the tasks',
  sorts: { slowest: 'Slowest', flakiest: 'Flakiest', failing: 'Failing most', longest: 'Most time in sum' },
  task: 'Task',
  inRuns: 'Runs',
  median: 'p50',
  high: 'p95',
  most: 'Longest',
  sum: 'In sum',
  failures: 'Failed for good',
  flaky: 'Passed on a retry',
  noneEnded: 'No run has ended in this time',
  noneEndedText: 'Look further back, or start one.',
};

export type PastMessages = typeof enPast;
