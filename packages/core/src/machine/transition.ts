/**
 * The one door of the engine: a run and an event go in, the run is changed in place, and what to do comes out as data.
 * Deterministic: time, ids and chance come with the context. Does no I/O and never throws for a late or doubled event.
 */
import { watchDeadline, watchTurn } from './alert-timers.ts';
import { tellOfFailedTasks } from './alerts.ts';
import type { Effect, Intent } from './effects.ts';
import { isTaskEvent, type LifecycleEvent, type TaskEvent, type WorkflowEvent } from './events.ts';
import { killActive, killTimer } from './kill.ts';
import { finishCommand, setQuarantine, type Transition, type TransitionContext } from './ledger.ts';
import { beginLogic, resumeLogic } from './logic-tasks.ts';
import { enter, finishWhenDone, freeReadyNodes, startFreeNodes } from './progress.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { Row, Run, RunNode } from './run.ts';
import { TASK_TABLE, type TaskCell, type TaskSubject } from './task-machine.ts';
import { firstSubmitTimer, startTimer } from './timers.ts';
import { setRunTimeout } from './turn.ts';
import { WORKFLOW_TABLE, type WorkflowCell } from './workflow-machine.ts';

export interface TransitionResult {
  /** `ignored` and `refused` say why in `because`; nothing but a command's outcome was written. */
  readonly verdict: 'handled' | 'ignored' | 'refused';
  readonly because: string | null;
  /** May be done at once: they touch the master's memory only. */
  readonly intents: readonly Intent[];
  /** Must wait for the commit of this transition. */
  readonly effects: readonly Effect[];
}

export function transition(run: Run, event: LifecycleEvent, context: TransitionContext): TransitionResult {
  const t = beginTransition(run, context);
  const because = isTaskEvent(event) ? applyTaskEvent(t, event) : applyWorkflowEvent(t, event);
  settle(t);
  return {
    verdict: because?.verdict ?? 'handled',
    because: because?.text ?? null,
    intents: t.intents,
    effects: t.effects,
  };
}

function beginTransition(run: Run, context: TransitionContext): Transition {
  return { run, context, intents: [], effects: [], free: [], beginning: [], broken: null };
}

/** What follows from what has happened, until nothing does; then the run ends if nothing in it is active. */
function settle(t: Transition): void {
  for (;;) {
    if (t.free.length > 0) startFreeNodes(t);
    const begun = t.beginning.shift();
    if (begun) {
      if (begun.row.state === 'submitted') beginLogic(t, begun);
    } else if (t.broken) {
      const { name } = t.broken.task;
      t.broken = null;
      killActive(t, `task "${name}" failed and the failure strategy is "end"`);
    } else if (t.free.length === 0) break;
  }
  finishWhenDone(t);
  tellOfFailedTasks(t);
}

interface Declined {
  readonly verdict: 'ignored' | 'refused';
  readonly text: string;
}

function applyWorkflowEvent(t: Transition, event: WorkflowEvent): Declined | undefined {
  const { state } = t.run.instance;
  const cell = WORKFLOW_TABLE[state][event.type] as WorkflowCell<WorkflowEvent['type']>;
  if (typeof cell === 'function') {
    (cell as (t: Transition, event: WorkflowEvent) => void)(t, event);
    return undefined;
  }
  const declined: Declined =
    'refuse' in cell ? { verdict: 'refused', text: cell.refuse } : { verdict: 'ignored', text: cell.ignore };
  if ('commandId' in event) {
    const word = declined.verdict === 'refused' ? 'rejected' : 'nothing to do';
    finishCommand(t, event.commandId, `${word}: the run is ${state}: ${declined.text}`);
  }
  return declined;
}

function applyTaskEvent(t: Transition, event: TaskEvent): Declined | undefined {
  const node = t.run.nodeOf.get(event.taskInstanceId);
  const row = node?.current;
  if (!node || !row) return declineStale(t, event, 'the task instance is no longer current');
  if ('dispatchId' in event && event.type !== 'TaskPlaced' && row.dispatchId !== event.dispatchId) {
    return declineStale(t, event, 'the dispatch is no longer current');
  }
  const cell = TASK_TABLE[row.state][event.type] as TaskCell<TaskEvent['type']>;
  if (typeof cell === 'function') {
    (cell as (t: Transition, subject: TaskSubject, event: TaskEvent) => void)(t, { node, row }, event);
    return undefined;
  }
  if (!('refuse' in cell)) return { verdict: 'ignored', text: cell.ignore };
  if ('commandId' in event) finishCommand(t, event.commandId, `rejected: the task is ${row.state}: ${cell.refuse}`);
  return { verdict: 'refused', text: cell.refuse };
}

/** Late news of something that is over: acknowledged or given back, so that nobody waits for an answer. */
function declineStale(t: Transition, event: TaskEvent, text: string): Declined {
  if (event.type === 'TaskEnded') t.effects.push({ type: 'AckResult', dispatchId: event.dispatchId });
  if (event.type === 'TaskPlaced') {
    t.intents.push({ type: 'ReleaseDispatch', dispatchId: event.dispatchId, workerId: event.workerId });
  }
  if (event.type === 'SlotGranted') t.effects.push({ type: 'ReleaseSlot', taskInstanceId: event.taskInstanceId });
  if ('commandId' in event) finishCommand(t, event.commandId, `rejected: ${text}`);
  return { verdict: 'ignored', text };
}

/**
 * What a server that has just rebuilt a run must do so that it goes on: queue, timers, kill orders, questions. Tasks
 * that a worker holds are left alone; the master waits for that worker or declares it lost.
 */
export function resumeRun(run: Run, context: TransitionContext): TransitionResult {
  const t = beginTransition(run, context);
  const { state } = run.instance;
  if (run.instance.quarantine !== null) setQuarantine(t, null);
  if (state === 'running' || state === 'ready_pause' || state === 'ready_stop') {
    if (state !== 'ready_stop') {
      setRunTimeout(t);
      watchDeadline(t);
    }
    for (const node of run.nodes) if (node.current && node.outcome === 'active') resumeTask(t, node, node.current);
    for (const { dispatchId, workerId, reason, graceMs } of run.outbox.values()) {
      t.effects.push({ type: 'SendKill', dispatchId, workerId, reason, graceMs });
    }
    freeReadyNodes(t);
    settle(t);
  } else if (run.instance.queuedAt !== null) {
    t.intents.push({ type: 'RequestTurn' });
    watchTurn(t);
  }
  return { verdict: 'handled', because: null, intents: t.intents, effects: t.effects };
}

function resumeTask(t: Transition, node: RunNode, row: Row<TaskInstanceRow>): void {
  if (row.state === 'submitted' || row.state === 'delayed') {
    enter(t, node, row);
    return;
  }
  t.intents.push(...firstSubmitTimer(node, row));
  if (row.dispatchId === null) {
    resumeLogic(t, { node, row });
  } else {
    if (row.state === 'running') t.intents.push(...startTimer(node, row, t.context.settings.timeoutMarginMs));
    if (row.killRequestedAt !== null) t.intents.push(killTimer(t, row, row.dispatchId, 1));
  }
}
