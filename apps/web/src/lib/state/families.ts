/**
 * The nine visual families and how every state of a run or a task maps to one. The only list of states in the UI;
 * a state this build does not know (a newer server) shows as queued with its own word.
 */
export const FAMILIES = [
  'running',
  'queued',
  'retry',
  'failed',
  'upstream',
  'stopped',
  'paused',
  'success',
  'skipped',
] as const;

export type Family = (typeof FAMILIES)[number];

const FAMILY_OF: Readonly<Record<string, Family>> = {
  submitted: 'queued',
  serial_wait: 'queued',
  delayed: 'queued',
  dispatched: 'queued',
  pending: 'queued',
  waiting: 'queued',
  running: 'running',
  ready_pause: 'paused',
  paused: 'paused',
  ready_stop: 'stopped',
  stopped: 'stopped',
  killed: 'stopped',
  cancelled: 'stopped',
  failover: 'retry',
  need_fault_tolerance: 'retry',
  failure: 'failed',
  success: 'success',
  forced_success: 'success',
  blocked: 'upstream',
  skipped: 'skipped',
  disabled: 'skipped',
};

const ENDED = new Set(['paused', 'stopped', 'failure', 'success', 'killed', 'forced_success', 'need_fault_tolerance']);

export function familyOf(state: string): Family {
  return FAMILY_OF[state] ?? 'queued';
}

/** True when a run or a task in this state will not change by itself. */
export function hasEnded(state: string): boolean {
  return ENDED.has(state);
}

/** Which states of a run a family stands for, as a filter of the runs list. */
export const RUN_FILTERS: Readonly<Record<'active' | 'failed' | 'success' | 'stopped' | 'paused', readonly string[]>> =
  {
    active: ['submitted', 'serial_wait', 'running', 'ready_pause', 'ready_stop', 'failover'],
    failed: ['failure'],
    success: ['success'],
    stopped: ['stopped'],
    paused: ['paused'],
  };
