/** English texts of what the overview says needs somebody, and of what comes. */
import { count, plural } from '../en-count.ts';

export const enAttention = {
  range: 'How far back',
  ranges: { '1h': 'Last hour', '24h': 'Last 24 hours', '7d': 'Last 7 days' },
  created: {
    '1h': 'Runs created in the last hour',
    '24h': 'Runs created in the last 24 hours',
    '7d': 'Runs created in the last 7 days',
  },
  overTime: 'Runs over time',
  from: 'From',
  most: (n: number) => `at most ${plural(n, 'run', 'runs')} at a time`,
  noRuns: 'no runs',
  cut: (time: string) => `There were too many to count them all: only those since ${time} are in the picture.`,
  waiting: 'Waiting',
  allWaiting: 'All that wait',
  nothingWaits: 'No run and no task waits for its turn.',
  groupWaits: (n: number, group: string) => `${plural(n, 'task', 'tasks')} for the group ${group}`,
  noWorker: 'No worker of the group is online.',
  slotsFull: (used: number, slots: number) =>
    `${count(used)} of ${plural(slots, 'slot', 'slots')} of the group in use.`,
  setAside: 'Set aside by the engine',
  setAsideText: 'Nothing of them goes on until somebody tries again or stops them.',
  undelivered: 'Alerts that reached nobody',
  allUndelivered: 'All of them',
  next: 'Next to start',
  forecast: 'Forecast',
  nothingNext: 'No schedule fires within a day.',
  backfills: 'Backfills under way',
  allBackfills: 'All backfills',
  backfillDone: (percent: number, items: number, failed: number) =>
    `${percent} % of ${plural(items, 'run', 'runs')} done${failed === 0 ? '' : `, ${count(failed)} failed`}`,
  workers: 'Workers by their slots',
  slotsUsed: (used: number, slots: number) => `${count(used)} of ${plural(slots, 'slot', 'slots')} in use`,
  moreWorkers: (n: number) => `and ${count(n)} more`,
  firstRun: 'Create an example and run it',
};

export type AttentionMessages = typeof enAttention;
