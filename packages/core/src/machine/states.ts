/** The states of runs and tasks, as the API spells them, and what is true of each. */

export const WORKFLOW_STATES = {
  submitted: { terminal: false, family: 'queued' },
  serial_wait: { terminal: false, family: 'queued' },
  running: { terminal: false, family: 'running' },
  ready_pause: { terminal: false, family: 'paused' },
  paused: { terminal: true, family: 'paused' },
  ready_stop: { terminal: false, family: 'stopped' },
  stopped: { terminal: true, family: 'stopped' },
  failover: { terminal: false, family: 'retry' },
  failure: { terminal: true, family: 'failed' },
  success: { terminal: true, family: 'success' },
} as const;

export type WorkflowState = keyof typeof WORKFLOW_STATES;

export const TASK_STATES = {
  submitted: { terminal: false, family: 'queued' },
  delayed: { terminal: false, family: 'queued' },
  dispatched: { terminal: false, family: 'queued' },
  running: { terminal: false, family: 'running' },
  paused: { terminal: true, family: 'paused' },
  need_fault_tolerance: { terminal: true, family: 'retry' },
  killed: { terminal: true, family: 'stopped' },
  failure: { terminal: true, family: 'failed' },
  success: { terminal: true, family: 'success' },
  forced_success: { terminal: true, family: 'success' },
} as const;

export type TaskState = keyof typeof TASK_STATES;

/** The visual families of the UI: nine at most, each with its own colour, glyph and shape. */
export type StateFamily = (typeof WORKFLOW_STATES)[WorkflowState]['family'] | (typeof TASK_STATES)[TaskState]['family'];

export function isWorkflowTerminal(state: WorkflowState): boolean {
  return WORKFLOW_STATES[state].terminal;
}

export function isTaskTerminal(state: TaskState): boolean {
  return TASK_STATES[state].terminal;
}
