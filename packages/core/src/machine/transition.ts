/**
 * The one door of the engine: a run and an event go in, the run is changed in place, and what to do comes out as data.
 * Deterministic: time, ids and chance come with the context. Does no I/O and never throws for a late or doubled event.
 */
import type { Effect, Intent } from './effects.ts';
import { isTaskEvent, type LifecycleEvent, type TaskEvent, type WorkflowEvent } from './events.ts';
import { killTimer } from './kill.ts';
import { finishCommand, type Transition, type TransitionContext } from './ledger.ts';
import { activateOverdue, dueTimer, finishWhenDone } from './progress.ts';
import type { Run } from './run.ts';
import { TASK_TABLE, type TaskCell, taskTimeoutTimer } from './task-machine.ts';
import { setRunTimeout, WORKFLOW_TABLE, type WorkflowCell } from './workflow-machine.ts';

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
  const t: Transition = { run, context, intents: [], effects: [] };
  const because = isTaskEvent(event) ? applyTaskEvent(t, event) : applyWorkflowEvent(t, event);
  finishWhenDone(t);
  return {
    verdict: because?.verdict ?? 'handled',
    because: because?.text ?? null,
    intents: t.intents,
    effects: t.effects,
  };
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
  if (typeof cell !== 'function') return { verdict: 'ignored', text: cell.ignore };
  (cell as (t: Transition, subject: { node: typeof node; row: typeof row }, event: TaskEvent) => void)(
    t,
    { node, row },
    event,
  );
  return undefined;
}

/** Late news of something that is over: acknowledged or given back, so that nobody waits for an answer. */
function declineStale(t: Transition, event: TaskEvent, text: string): Declined {
  if (event.type === 'TaskEnded') t.effects.push({ type: 'AckResult', dispatchId: event.dispatchId });
  if (event.type === 'TaskPlaced') {
    t.intents.push({ type: 'ReleaseDispatch', dispatchId: event.dispatchId, workerId: event.workerId });
  }
  if (event.type === 'KillTask') finishCommand(t, event.commandId, `rejected: ${text}`);
  return { verdict: 'ignored', text };
}

/**
 * What a server that has just rebuilt a run must do so that it goes on: queue, timers, kill orders. Tasks that a
 * worker holds are left alone; the master waits for that worker or declares it lost.
 */
export function resumeRun(run: Run, context: TransitionContext): TransitionResult {
  const t: Transition = { run, context, intents: [], effects: [] };
  const { state } = run.instance;
  if (state === 'running' || state === 'ready_stop') {
    if (state === 'running') setRunTimeout(t);
    for (const node of run.nodes) {
      const row = node.current;
      if (!row || node.outcome !== 'active') continue;
      if (row.state === 'submitted') t.intents.push({ type: 'EnqueueTask', taskInstanceId: row.id });
      else if (row.state === 'delayed') t.intents.push(dueTimer(row.id, row.dueAt ?? context.now));
      else if (row.state === 'running') t.intents.push(...taskTimeoutTimer(t, node, row));
      if (row.killRequestedAt !== null && row.dispatchId !== null) t.intents.push(killTimer(t, row, row.dispatchId, 1));
    }
    for (const order of run.outbox.values()) {
      t.effects.push({
        type: 'SendKill',
        dispatchId: order.dispatchId,
        workerId: order.workerId,
        reason: order.reason,
        graceMs: order.graceMs,
      });
    }
    activateOverdue(t);
    finishWhenDone(t);
  }
  return { verdict: 'handled', because: null, intents: t.intents, effects: t.effects };
}
