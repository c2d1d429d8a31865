/**
 * The workflow machine: for every state and event, what happens, or why nothing does. Each cell is decided on purpose;
 * a test walks all of them.
 *
 * M5 A run that has not ended has an active task, or its start command is pending.
 * M6 A run that has ended goes on only by a command.
 */

import type { WorkflowEvent, WorkflowEventType } from './events.ts';
import { killActive } from './kill.ts';
import { finishCommand, reason, setWorkflowState, supersede, type Transition, touchWorkflow } from './ledger.ts';
import { activateRoots } from './progress.ts';
import type { Reason } from './rows.ts';
import { setOutcome } from './run.ts';
import type { WorkflowState } from './states.ts';
import { runTimeoutKey } from './timer-keys.ts';
import { NOTHING_VISIBLE } from './visible-outputs.ts';

type EventOf<Type extends WorkflowEventType> = Extract<WorkflowEvent, { type: Type }>;
type Handler<Type extends WorkflowEventType> = (t: Transition, event: EventOf<Type>) => void;

/**
 * A cell: a handler; the reason why the event changes nothing; or the reason why the command is refused.
 */
export type WorkflowCell<Type extends WorkflowEventType> =
  | Handler<Type>
  | { readonly ignore: string }
  | { readonly refuse: string };
export type WorkflowTable = { readonly [S in WorkflowState]: { readonly [E in WorkflowEventType]: WorkflowCell<E> } };

const whenEnded = {
  StartWorkflow: { ignore: 'it was started before' },
  StopWorkflow: { refuse: 'it has ended' },
  RerunWorkflow: rerun,
  WorkflowTimedOut: { ignore: 'it has ended' },
} as const satisfies WorkflowTable['success'];

/** States that a later version enters; a row in one of them was written by that version. */
const notEntered = {
  StartWorkflow: { refuse: 'this version does not enter this state' },
  StopWorkflow: { refuse: 'this version does not enter this state' },
  RerunWorkflow: { refuse: 'this version does not enter this state' },
  WorkflowTimedOut: { ignore: 'this version does not enter this state' },
} as const satisfies WorkflowTable['success'];

export const WORKFLOW_TABLE: WorkflowTable = {
  submitted: {
    StartWorkflow: start,
    StopWorkflow: stopUnstarted,
    RerunWorkflow: { refuse: 'it has not started' },
    WorkflowTimedOut: { ignore: 'the timeout counts from the start' },
  },
  running: {
    StartWorkflow: { ignore: 'it was started before' },
    StopWorkflow: stop,
    RerunWorkflow: { refuse: 'it is still running; stop it first' },
    WorkflowTimedOut: timeOut,
  },
  ready_stop: {
    StartWorkflow: { ignore: 'it was started before' },
    StopWorkflow: { ignore: 'it is stopping already' },
    RerunWorkflow: { refuse: 'it is still stopping' },
    WorkflowTimedOut: { ignore: 'it is stopping already' },
  },
  stopped: whenEnded,
  failure: whenEnded,
  success: whenEnded,
  serial_wait: notEntered,
  ready_pause: notEntered,
  paused: notEntered,
  failover: notEntered,
};

/** Why a command is refused to a run in this state, or undefined when it is not. For those who ask before filing it. */
export function whyRefused(state: WorkflowState, command: 'StopWorkflow' | 'RerunWorkflow'): string | undefined {
  const cell = WORKFLOW_TABLE[state][command];
  return typeof cell === 'object' && 'refuse' in cell ? cell.refuse : undefined;
}

function start(t: Transition, event: EventOf<'StartWorkflow'>): void {
  t.run.changes.assignNumber = true;
  finishCommand(t, event.commandId, 'done');
  begin(t);
}

function begin(t: Transition): void {
  const { instance } = t.run;
  instance.startedAt = t.context.now;
  instance.endedAt = null;
  setWorkflowState(t, 'running', null);
  setRunTimeout(t);
  activateRoots(t);
}

/** Sets the timer of the workflow's timeout, counted from the start of this run. */
export function setRunTimeout(t: Transition): void {
  const { instance } = t.run;
  const timeoutMs = instance.timeoutMs ?? t.run.definition.timeout?.afterMs ?? null;
  if (timeoutMs === null || instance.startedAt === null) return;
  t.intents.push({
    type: 'SetTimer',
    key: runTimeoutKey(instance.id),
    dueAt: instance.startedAt + timeoutMs,
    event: { type: 'WorkflowTimedOut', runCounter: instance.runCounter },
  });
}

function stop(t: Transition, event: EventOf<'StopWorkflow'>): void {
  finishCommand(t, event.commandId, 'done');
  beginStop(t, reason(t, 'stopped', `Stopped by ${event.by}.`), `the run was stopped by ${event.by}`);
}

function beginStop(t: Transition, why: Reason, killReason: string): void {
  setWorkflowState(t, 'ready_stop', why);
  killActive(t, killReason);
}

/** The start command is still pending: the run ends before it began, and the start is then of no effect. */
function stopUnstarted(t: Transition, event: EventOf<'StopWorkflow'>): void {
  finishCommand(t, event.commandId, 'done');
  t.run.instance.endedAt = t.context.now;
  setWorkflowState(t, 'stopped', reason(t, 'stopped', `Stopped by ${event.by} before it started.`));
}

function timeOut(t: Transition, event: EventOf<'WorkflowTimedOut'>): void {
  const { instance, definition } = t.run;
  if (event.runCounter !== instance.runCounter) return;
  const strategy = definition.timeout?.strategy ?? 'fail';
  const why = reason(t, 'workflow_timeout', 'The run has passed its timeout.');
  if (strategy === 'warn') {
    instance.reason = why;
    touchWorkflow(t);
  } else {
    beginStop(t, why, 'the run has passed its timeout');
  }
}

function rerun(t: Transition, event: EventOf<'RerunWorkflow'>): void {
  const { run } = t;
  finishCommand(t, event.commandId, 'done');
  for (const node of run.nodes) {
    if (node.current) supersede(t, node.current);
    node.current = null;
    node.waitingFor = run.graph.predecessors[node.index]!.length;
    node.visible = NOTHING_VISIBLE;
    setOutcome(run, node, 'pending');
  }
  run.ending = false;
  run.changes.assignNumber = run.instance.number === null;
  run.instance.runCounter += 1;
  begin(t);
}
