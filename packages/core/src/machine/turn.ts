/**
 * A run that is to go on, for the first time or again: it asks for its turn, and starts what can start when it has it.
 * Every verb edits rows first and then comes here, so that a crash in between loses nothing: the rows say what is to be
 * done, `queuedAt` that the run waits for its turn.
 */
import { endTurnWatch, watchTurn } from './alert-timers.ts';
import { inherited } from './endings.ts';
import { stopRestingChildren } from './kill.ts';
import {
  makeTaskInstance,
  recordPassedOver,
  setTaskState,
  setWorkflowState,
  supersede,
  type Transition,
} from './ledger.ts';
import { deriveOutcomes, setOutcome } from './outcomes.ts';
import { enter, freeReadyNodes } from './progress.ts';
import { queuedReason, turnReason } from './reasons.ts';
import type { RunNode } from './run.ts';
import { runTimeoutKey } from './timers.ts';

/** The run waits for its turn from now on; what is paused in it waits with it. */
export function askForTurn(t: Transition): void {
  const { instance } = t.run;
  instance.queuedAt = t.context.now;
  instance.executionSlot = null;
  instance.endedAt = null;
  // One that was stopped before its start command was taken has none yet.
  if (!t.run.numbered) {
    t.run.numbered = true;
    t.run.changes.assignNumber = true;
  }
  setWorkflowState(t, 'submitted', turnReason(t));
  t.intents.push({ type: 'RequestTurn' });
  watchTurn(t);
}

/** The run has its turn: paused tasks go on, and everything that waits for nothing is started. */
export function goOn(t: Transition, slot: number | null): void {
  const { instance, nodes } = t.run;
  instance.startedAt = t.context.now;
  instance.endedAt = null;
  instance.queuedAt = null;
  instance.executionSlot = slot;
  setWorkflowState(t, 'running', null);
  setRunTimeout(t);
  endTurnWatch(t);
  for (const node of nodes) if (node.outcome === 'paused') continuePaused(t, node);
  freeReadyNodes(t);
}

function continuePaused(t: Transition, node: RunNode): void {
  const row = node.current!;
  const { now } = t.context;
  // Made anew for this turn: its time begins only now, however long the run has waited.
  if (row.runCounter === t.run.instance.runCounter) {
    row.firstSubmittedAt = now;
    row.submittedAt = now;
    row.dueAt = now + node.task.delayMs;
  }
  const delayed = row.dueAt !== null && row.dueAt > now;
  if (!delayed) row.dueAt = null;
  row.killRequestedAt = null;
  const why = delayed
    ? { ...queuedReason(t), code: 'waiting_for_delay' as const, text: 'Waiting for its time.', nextAt: row.dueAt! }
    : queuedReason(t);
  setTaskState(t, row, delayed ? 'delayed' : 'submitted', why);
  setOutcome(t.run, node, 'active');
  enter(t, node, row);
}

/** Sets the timer of the workflow's timeout, counted from the moment the run had its turn. */
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

/** Works out every node anew after rows were edited, and records which tasks are passed over now and which no longer. */
export function rederive(t: Transition): void {
  const before = t.run.nodes.map(passedOver);
  deriveOutcomes(t.run);
  for (const node of t.run.nodes) {
    const how = passedOver(node);
    if (how !== before[node.index]) recordPassedOver(t, node, how ?? 'undone');
  }
}

function passedOver({ current, outcome }: RunNode): 'skipped' | 'disabled' | undefined {
  if (outcome === 'skipped') return 'skipped';
  return outcome === 'passed' && current === null ? 'disabled' : undefined;
}

/** The task has not been done: its task instance, if any, is no longer current. */
export function undo(t: Transition, node: RunNode): void {
  if (node.current) {
    stopRestingChildren(t, node.current);
    supersede(t, node.current);
  }
  node.current = null;
}

/** The task is to be done anew when the run has its turn: a fresh budget of retries, and the runs it had started. */
export function makeAnew(t: Transition, node: RunNode): void {
  const previous = node.current;
  makeTaskInstance(t, node, {
    previous,
    retryTimes: 0,
    failovers: 0,
    firstSubmittedAt: t.context.now,
    dueAt: t.context.now + node.task.delayMs,
    why: turnReason(t),
    paused: true,
    logic: previous && inherited(previous),
  });
}
