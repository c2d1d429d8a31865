/** English texts of what workflows, starts and runs have to do with alerts. */
import { plural } from '../en-count.ts';

export const enAlertPolicy = {
  title: 'Alerts',
  tell: 'Tell an alert group',
  group: 'Alert group',
  asWorkflow: 'As the workflow says',
  on: { none: 'never', success: 'after a success', failure: 'after a failure', all: 'after every end' },
  queueWait: 'Told when it waits for',
  deadline: 'Told when not done after',
  itsAlerts: 'Its alerts',
  ofRun: (n: number, more: boolean) => (more ? `${n}+ alerts` : plural(n, 'alert', 'alerts')),
};

export type AlertPolicyMessages = typeof enAlertPolicy;
