/** English texts of two runs side by side. */
import { plural } from '../en-count.ts';

export const enCompare = {
  title: 'Compared with another run',
  compare: 'Compare',
  compareWith: 'Compare with',
  runs: 'The two runs',
  thisRun: '(this run)',
  tasks: 'Tasks that differ',
  all: (n: number) => `show all ${plural(n, 'task', 'tasks')}`,
  same: 'Every task ended in the same state and took about as long.',
  longer: 'Longer by',
  notThere: 'not in it',
  only: 'This workflow has no other run yet',
  onlyText: 'Run it again to see what differs.',
};

export type CompareMessages = typeof enCompare;
