/** English texts of the overview, and of the strip of runs that other pages show too. */
import { count, plural } from '../en-count.ts';

export const enOverview = {
  title: 'Overview',
  recent: 'Latest runs',
  allRuns: 'All runs',
  strip: (n: number) => `The latest ${plural(n, 'run', 'runs')}, oldest first; height is duration`,
  stripTitle: 'Pulse',
  stripHint: 'Latest runs, oldest first; height is duration',
  failing: 'Failing workflows',
  failingNone: 'Nothing is failing',
  failingNoneHint: 'Workflows whose latest finished run failed are listed here.',
  cluster: 'Cluster',
  leader: 'Leader',
  epoch: (n: number) => `term ${n}`,
  noLeader: 'No leader: nothing is dispatched until a server takes the lease.',
  queue: 'Commands waiting',
  workers: 'Workers',
  workersOnline: (online: number, all: number) => `${count(online)} of ${count(all)} online`,
  slots: 'Slots in use',
  noWorkers: 'No worker is online. Tasks wait until one joins.',
  joinOne: 'Join a worker',
  version: 'Version',
  firstTitle: 'Start your first run',
  firstText: 'A workflow is a set of tasks and what each waits for.',
  firstExample: 'Run an example',
  firstExampleText: 'Real data, three to seven tasks, done in seconds.',
  firstWorker: 'Join a worker',
  firstWorkerText: 'One npx command on any machine that reaches this server.',
  firstOwn: 'Write your own',
  firstOwnText: 'A short YAML text with a live picture beside it.',
};

export type OverviewMessages = typeof enOverview;
