/**
 * The workflow machine: for every state and event, what happens, or why nothing does. Each cell is decided on purpose;
 * a test walks all of them.
 *
 * M5 A run that has not ended has an active task, waits for its turn, or its start command is pending.
 * M6 A run that has ended goes on only by a command.
 */

import { tellOfDeadline, tellOfTurnWait } from './alerts.ts';
import {
  delayed,
  denied,
  displaced,
  pause,
  pauseWaiting,
  recoverFailed,
  rerun,
  rerunFrom,
  resume,
  retry,
  signal,
  stop,
  stopResting,
  timeOut,
  type WorkflowEventOf,
} from './control.ts';
import type { WorkflowEventType } from './events.ts';
import { finishCommand, type Transition } from './ledger.ts';
import { startBacklog } from './progress.ts';
import type { WorkflowState } from './states.ts';
import { askForTurn, goOn } from './turn.ts';

type Handler<Type extends WorkflowEventType> = (t: Transition, event: WorkflowEventOf<Type>) => void;

/**
 * A cell: a handler; the reason why the event changes nothing; or the reason why the command is refused.
 */
export type WorkflowCell<Type extends WorkflowEventType> =
  | Handler<Type>
  | { readonly ignore: string }
  | { readonly refuse: string };
export type WorkflowTable = { readonly [S in WorkflowState]: { readonly [E in WorkflowEventType]: WorkflowCell<E> } };

const STARTED_BEFORE = { ignore: 'it was started before' } as const;
const NOT_WAITING = { ignore: 'it does not wait for its turn' } as const;
const NO_SIGNAL = { refuse: 'no task of it waits for a signal now' } as const;

const whenEnded = {
  StartWorkflow: STARTED_BEFORE,
  TurnGranted: releaseTurn,
  MoreToStart: { ignore: 'it has ended' },
  TurnDelayed: NOT_WAITING,
  TurnDenied: NOT_WAITING,
  RunDisplaced: { ignore: 'it has ended' },
  PauseWorkflow: { refuse: 'it has ended' },
  ResumeWorkflow: { refuse: 'it has ended; recover its failed tasks or rerun it' },
  StopWorkflow: { refuse: 'it has ended' },
  RecoverFailed: { refuse: 'none of its tasks has failed' },
  RerunWorkflow: rerun,
  RerunFrom: rerunFrom,
  RetryWorkflow: retry,
  SignalReceived: NO_SIGNAL,
  WorkflowTimedOut: { ignore: 'it has ended' },
  TurnWaitPassed: NOT_WAITING,
  DeadlinePassed: { ignore: 'it has ended' },
} as const satisfies WorkflowTable['success'];

const whenLive = {
  StartWorkflow: STARTED_BEFORE,
  TurnGranted: { ignore: 'it has its turn already' },
  MoreToStart: startBacklog,
  TurnDelayed: { ignore: 'it has its turn already' },
  TurnDenied: { ignore: 'it has its turn already' },
  RunDisplaced: displaced,
  StopWorkflow: stop,
  RetryWorkflow: retry,
  SignalReceived: signal,
  WorkflowTimedOut: timeOut,
  TurnWaitPassed: { ignore: 'it has its turn already' },
  DeadlinePassed: tellOfDeadline,
} as const satisfies Partial<WorkflowTable['success']>;

/** Waits for its turn, or for its start command to be taken. */
const whenWaiting = {
  StartWorkflow: start,
  TurnGranted: takeTurn,
  MoreToStart: { ignore: 'it has not begun' },
  TurnDelayed: delayed,
  TurnDenied: denied,
  RunDisplaced: { ignore: 'it has no place that could be taken' },
  PauseWorkflow: pauseWaiting,
  ResumeWorkflow: { refuse: 'it is about to go on' },
  StopWorkflow: stopResting,
  RecoverFailed: { refuse: 'it is about to go on' },
  RerunWorkflow: { refuse: 'it is about to go on; stop it first' },
  RerunFrom: { refuse: 'it is about to go on; stop it first' },
  RetryWorkflow: retry,
  SignalReceived: NO_SIGNAL,
  WorkflowTimedOut: { ignore: 'the timeout counts from the moment it has its turn' },
  TurnWaitPassed: tellOfTurnWait,
  DeadlinePassed: tellOfDeadline,
} as const satisfies WorkflowTable['success'];

/** A run is taken over from its rows as it is; none is ever put into this state, and one found in it has no legal past. */
const notEntered = {
  StartWorkflow: { refuse: 'no run enters this state' },
  TurnGranted: { ignore: 'no run enters this state' },
  MoreToStart: { ignore: 'no run enters this state' },
  TurnDelayed: { ignore: 'no run enters this state' },
  TurnDenied: { ignore: 'no run enters this state' },
  RunDisplaced: { ignore: 'no run enters this state' },
  PauseWorkflow: { refuse: 'no run enters this state' },
  ResumeWorkflow: { refuse: 'no run enters this state' },
  StopWorkflow: stopResting,
  RecoverFailed: { refuse: 'no run enters this state' },
  RerunWorkflow: { refuse: 'no run enters this state' },
  RerunFrom: { refuse: 'no run enters this state' },
  RetryWorkflow: { refuse: 'no run enters this state' },
  SignalReceived: NO_SIGNAL,
  WorkflowTimedOut: { ignore: 'no run enters this state' },
  TurnWaitPassed: { ignore: 'no run enters this state' },
  DeadlinePassed: { ignore: 'no run enters this state' },
} as const satisfies WorkflowTable['success'];

export const WORKFLOW_TABLE: WorkflowTable = {
  submitted: whenWaiting,
  serial_wait: { ...whenWaiting, StartWorkflow: STARTED_BEFORE },
  running: {
    ...whenLive,
    PauseWorkflow: pause,
    ResumeWorkflow: { refuse: 'it is running' },
    RecoverFailed: { refuse: 'it is still running; wait until it has ended, or stop it' },
    RerunWorkflow: { refuse: 'it is still running; stop it first' },
    RerunFrom: { refuse: 'it is still running; stop it first' },
  },
  ready_pause: {
    ...whenLive,
    PauseWorkflow: { ignore: 'it is pausing already' },
    ResumeWorkflow: { refuse: 'it is still pausing; wait until it is paused' },
    RecoverFailed: { refuse: 'it is still pausing; wait until it is paused' },
    RerunWorkflow: { refuse: 'it is still pausing; stop it first' },
    RerunFrom: { refuse: 'it is still pausing; stop it first' },
    // What waited for one rests already.
    SignalReceived: { refuse: 'it is pausing; send the signal when it has been resumed' },
  },
  ready_stop: {
    ...whenLive,
    RunDisplaced: { ignore: 'it is stopping already' },
    PauseWorkflow: { refuse: 'it is stopping' },
    ResumeWorkflow: { refuse: 'it is still stopping; wait until it has stopped' },
    StopWorkflow: { ignore: 'it is stopping already' },
    RecoverFailed: { refuse: 'it is still stopping; wait until it has stopped' },
    RerunWorkflow: { refuse: 'it is still stopping; wait until it has stopped' },
    RerunFrom: { refuse: 'it is still stopping; wait until it has stopped' },
    SignalReceived: NO_SIGNAL,
    WorkflowTimedOut: { ignore: 'it is stopping already' },
    DeadlinePassed: { ignore: 'it is stopping already' },
  },
  paused: {
    ...whenEnded,
    ResumeWorkflow: resume,
    RecoverFailed: recoverFailed,
    StopWorkflow: stopResting,
    PauseWorkflow: { ignore: 'it is paused already' },
    SignalReceived: { refuse: 'it is paused; resume it first' },
  },
  stopped: { ...whenEnded, ResumeWorkflow: resume, RecoverFailed: recoverFailed },
  failure: { ...whenEnded, RecoverFailed: recoverFailed },
  success: whenEnded,
  failover: notEntered,
};

export type RunCommand =
  | 'PauseWorkflow'
  | 'ResumeWorkflow'
  | 'StopWorkflow'
  | 'RecoverFailed'
  | 'RerunWorkflow'
  | 'RerunFrom'
  | 'RetryWorkflow'
  | 'SignalReceived';

/** Why a command is refused to a run in this state, or undefined when it is not. For those who ask before filing it. */
export function whyRefused(state: WorkflowState, command: RunCommand): string | undefined {
  const cell = WORKFLOW_TABLE[state][command];
  return typeof cell === 'object' && 'refuse' in cell ? cell.refuse : undefined;
}

function start(t: Transition, event: WorkflowEventOf<'StartWorkflow'>): void {
  if (t.run.instance.queuedAt !== null) {
    finishCommand(t, event.commandId, 'nothing to do: it was started before');
    return;
  }
  finishCommand(t, event.commandId, 'done');
  askForTurn(t);
}

function takeTurn(t: Transition, event: WorkflowEventOf<'TurnGranted'>): void {
  const { queuedAt, runCounter } = t.run.instance;
  if (queuedAt !== null && runCounter === event.runCounter) goOn(t, event.slot);
}

/** It has ended while it waited: its place goes to the next. */
function releaseTurn(t: Transition): void {
  t.effects.push({ type: 'ReleaseTurn' });
}
