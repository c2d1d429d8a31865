/** English texts of the past of a run: the slider over its events. */
import { count, plural } from '../en-count.ts';

export const enMoment = {
  runs: { previous: 'The run before', next: 'The run after' },
  past: 'Past',
  pastHint: 'See the run as it was at any earlier moment',
  label: 'Moment of the run',
  asItWas: 'As it was at',
  eventOf: (n: number, of: number) => `event ${count(n)} of ${count(of)}`,
  backToNow: 'Back to now',
  previous: 'Previous event',
  next: 'Next event',
  reading: 'Reading its record…',
  notWhole: (n: number) => `The slider reaches the first ${plural(n, 'event', 'events')} of this run.`,
  nothing: 'Nothing is recorded of this run.',
  cannot: 'That moment cannot be shown',
  since: 'since',
  nextStep: 'Next',
  run: 'Run',
  attempt: (n: number) => `attempt ${n}`,
  notThere: 'This task had no attempt at that moment.',
  logIsNow: 'The log is shown as it is now.',
  openNow: 'This task now',
  events: {
    'workflow_instance.created': 'the run was filed',
    'workflow_instance.state': 'the run changed its state',
    'workflow_instance.reason': 'says why it stands as it does',
    'workflow_instance.params': 'its parameters were changed',
    'task_instance.created': 'an attempt was made',
    'task_instance.state': 'changed its state',
    'task_instance.reason': 'says why it stands as it does',
    'task_instance.superseded': 'a newer attempt takes its place',
    'task_instance.warning': 'a warning',
    'task.passed_over': 'may be done again',
  } as Readonly<Record<string, string>>,
};

export type MomentMessages = typeof enMoment;
