/**
 * How bad each kind of alert is. One for each kind, also for its resolution: programs that hold incidents know them by it.
 */
import type { AlertKind, AlertSeverity } from './message.ts';

export const ALERT_SEVERITY = {
  workflow_succeeded: 'info',
  workflow_failed: 'error',
  workflow_timed_out: 'error',
  workflow_blocked: 'warning',
  workflow_quarantined: 'critical',
  task_failed: 'error',
  task_timed_out: 'warning',
  queue_wait_missed: 'warning',
  deadline_missed: 'warning',
  worker_lost: 'error',
  server_lost: 'error',
  failover: 'warning',
  admission_closed: 'warning',
  listener_stopped: 'error',
  test: 'info',
} as const satisfies Record<AlertKind, AlertSeverity>;
