/** English texts of what is seen of one worker and decided about it. */
import { count, plural } from '../en-count.ts';

export const enWorkers = {
  evicted: 'Sent away',
  decided: {
    draining: (by: string) => `Drained by ${by}`,
    evicted: (by: string) => `Sent away by ${by}`,
  },
  own: 'It drains by itself: it is being stopped on its machine.',
  over: {
    cpu: (limit: string) => `processors over ${limit}`,
    memory: (limit: string) => `memory over ${limit}`,
    disk: (least: string) => `less than ${least} of disk free`,
  },
  warnings: {
    overloaded: (what: string) => `Overloaded, it takes nothing new: ${what}.`,
    clock_skew: (span: string, ahead: boolean) =>
      `Its clock is ${span} ${ahead ? 'ahead of' : 'behind'} the server’s. Times it tells are corrected; set it right.`,
    slow: (span: string) => `The agent is held up for ${span}: its machine has too much to do.`,
    disk_full: (percent: string) =>
      `The disk of its work folder is ${percent} full. Without room it cannot keep results.`,
    results_wait: (n: string) => `${n} results wait on it until the server has stored them.`,
  },
  figures: 'Newest heartbeat',
  cpu: 'CPU',
  memory: 'Memory',
  disk: 'Disk',
  load: 'Load',
  lag: 'Late',
  lagHint: 'How late the agent’s event loop was',
  answer: 'Answer',
  answerHint: 'From a heartbeat to its answer',
  startedWith: (slots: string) => `started with ${slots}`,
  actions: (name: string) => `What to do with ${name}`,
  drain: 'Drain',
  drainTitle: (name: string) => `Drain ${name}?`,
  drainText: 'It finishes what it runs and gets nothing new until it is resumed, also after a restart.',
  resume: 'Resume',
  evict: 'Send away',
  evictTitle: (name: string) => `Send ${name} away?`,
  evictText:
    'Its tasks are ended there and made anew on other workers, its connection is closed, and it may not come back until it is resumed.',
  configure: (name: string) => `Configure ${name}`,
  reason: 'Reason',
  reasonHint: 'Shown on the worker and kept on record',
  slots: 'Slots',
  weight: 'Weight',
  labels: 'Labels',
  labelsHint: 'name=value, one per line',
  logLevel: 'Log level of the agent',
  ownLevel: 'As it was started',
  startedAs: (value: string) => `It was started with ${value}; leave it empty for that`,
  none: 'none',
  badLabel: (line: string) => `“${line}” is not of the form name=value`,
  save: 'Save',
  groups: 'Groups',
  heartbeat: 'Heartbeat',
  version: 'Agent',
  host: 'Host',
  types: 'Task types',
  emptyTitle: 'No worker has joined yet',
  emptyText: 'Workers run the tasks. One command on any machine makes it one.',
  noSlots: '–',
  summary: (online: number, used: number, slots: number) =>
    `${plural(online, 'worker', 'workers')} online · ${count(used)} of ${plural(slots, 'slot', 'slots')} in use`,
  tokens: 'Worker tokens',
};

export type WorkerMessages = typeof enWorkers;
