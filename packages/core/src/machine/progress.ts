/**
 * How a run goes forward: which tasks start when others end, and when the run itself has ended. Works off a list, so a
 * graph of any depth costs no stack, and looks at each edge once per activation.
 */
import { isLogicType } from '../definition/task-types/registry.ts';
import { endRunWatch, watchTask } from './alert-timers.ts';
import { tellOfEnd } from './alerts.ts';
import {
  makeTaskInstance,
  reason,
  recordPassedOver,
  setTaskReason,
  setTaskState,
  setWorkflowState,
  type Transition,
} from './ledger.ts';
import { breaksRun, gatherVisible, outcomeWithoutRow, setOutcome, settleEdges } from './outcomes.ts';
import { outputsOfTasks } from './outputs-of-tasks.ts';
import { queuedReason, rootCause, slotReason, turnReason } from './reasons.ts';
import type { TaskInstanceRow } from './rows.ts';
import type { Row, RunNode } from './run.ts';
import { dueTimer, firstSubmitTimer, runTimeoutKey } from './timers.ts';

/** Failed tasks that the run's reason names one by one, and killed ones. */
const NAMED_FAILURES = 5;

/** Everything that waits for nothing and has not been started is to be. */
export function freeReadyNodes(t: Transition): void {
  for (const node of t.run.nodes) if (node.outcome === 'pending' && node.waitingFor === 0) t.free.push(node);
}

/** The node's outcome is known: edges are settled, and what they set free is started before the transition ends. */
export function nodeEnded(t: Transition, node: RunNode, outcome: 'passed' | 'skipped' | 'failed' | 'killed'): void {
  setOutcome(t.run, node, outcome);
  t.free.push(...settleEdges(t.run, node));
}

/** Starts what has been set free, and what that sets free in turn. */
export function startFreeNodes(t: Transition): void {
  // The list grows while it is walked: first come, first started.
  for (const node of t.free) {
    if (node.outcome !== 'pending') continue;
    if (t.run.changes.newTasks.size < t.context.settings.maxNewTasks) startNode(t, node);
    else t.run.backlog.push(node);
  }
  t.free.length = 0;
}

/** What was left over goes on. */
export function startBacklog(t: Transition): void {
  t.run.askedForMore = false;
  t.free.push(...t.run.backlog.splice(0));
}

/** Whether tasks are still to come into being that wait for nothing. */
function hasBacklog(t: Transition): boolean {
  if (!startsTasks(t)) {
    t.run.backlog.length = 0;
    // What was asked may be told to a run that has ended by then, which does not take it.
    t.run.askedForMore = false;
  }
  return t.run.backlog.length > 0;
}

function startNode(t: Transition, node: RunNode): void {
  node.visible = gatherVisible(t.run, node);
  const outcome = outcomeWithoutRow(t.run, node);
  if (outcome !== 'pending') {
    recordPassedOver(t, node, outcome === 'skipped' ? 'skipped' : 'disabled');
    nodeEnded(t, node, outcome);
  } else if (startsTasks(t)) {
    if (t.run.instance.dryRun) pretendSuccess(t, node);
    else submit(t, node);
  }
}

/** Whether tasks of this run come into being now; while it is pausing they do so as `paused`. */
function startsTasks({ run }: Transition): boolean {
  const { state } = run.instance;
  return (state === 'running' || state === 'ready_pause') && !run.ending;
}

function submit(t: Transition, node: RunNode): void {
  const { now } = t.context;
  const paused = t.run.instance.state === 'ready_pause';
  const dueAt = now + node.task.delayMs;
  const delayed = reason(t, 'waiting_for_delay', 'The definition delays this task.', {
    next: 'it is queued',
    nextAt: dueAt,
  });
  const row = makeTaskInstance(t, node, {
    previous: node.current,
    retryTimes: 0,
    failovers: 0,
    firstSubmittedAt: now,
    dueAt,
    paused,
    why: paused ? pausedReason(t) : dueAt > now ? delayed : queuedReason(t),
  });
  enterOrPause(t, node, row);
}

/** A new task instance goes its way, or waits for the run to be resumed. */
export function enterOrPause(t: Transition, node: RunNode, row: Row<TaskInstanceRow>): void {
  setOutcome(t.run, node, row.state === 'paused' ? 'paused' : 'active');
  if (row.state !== 'paused') enter(t, node, row);
}

/**
 * The way of a task instance that is `submitted` or `delayed`: its time, then a slot of its task group, then the queue
 * of its worker group; logic tasks begin where they are.
 */
export function enter(t: Transition, node: RunNode, row: Row<TaskInstanceRow>): void {
  t.intents.push(...firstSubmitTimer(node, row));
  if (row.state === 'delayed') {
    t.intents.push(dueTimer(row, row.dueAt ?? t.context.now));
  } else if (isLogicType(row.type)) {
    t.beginning.push({ node, row });
  } else if (waitsForSlot(row)) {
    if (row.reason?.code !== 'waiting_for_task_group') setTaskReason(t, row, slotReason(t, row.taskGroup!));
    t.intents.push({ type: 'RequestSlot', taskInstanceId: row.id });
    watchTask(t, row);
  } else {
    t.intents.push({ type: 'EnqueueTask', taskInstanceId: row.id });
    watchTask(t, row);
  }
}

/** Its task group has given it no slot yet, and nobody let it go on without one. */
export function waitsForSlot({ taskGroup, groupSlot, groupForced }: TaskInstanceRow): boolean {
  return taskGroup !== null && groupSlot === null && !groupForced;
}

export function pausedReason(t: Transition) {
  return t.run.instance.queuedAt === null
    ? reason(t, 'paused', 'The run is paused.', { next: 'it goes on when somebody resumes the run' })
    : turnReason(t);
}

function pretendSuccess(t: Transition, node: RunNode): void {
  const { now } = t.context;
  const why = reason(t, 'dry_run', 'Not executed: this is a dry run.');
  const row = makeTaskInstance(t, node, {
    previous: node.current,
    retryTimes: 0,
    failovers: 0,
    firstSubmittedAt: now,
    dueAt: now,
    why,
  });
  row.startedAt = now;
  row.endedAt = now;
  setTaskState(t, row, 'success', why);
  nodeEnded(t, node, 'passed');
}

/** Ends the run, or lets it rest, when nothing in it is active any more. Called once at the end of every transition. */
export function finishWhenDone(t: Transition): void {
  const { run } = t;
  const { state } = run.instance;
  if (hasBacklog(t)) {
    if (!run.askedForMore) t.effects.push({ type: 'StartMore' });
    run.askedForMore = true;
    return;
  }
  if (run.activeCount > 0 || (state !== 'running' && state !== 'ready_pause' && state !== 'ready_stop')) return;
  run.instance.endedAt = t.context.now;
  if (run.instance.parentInstanceId !== null) {
    run.instance.outputs = outputsOfTasks(run.nodes.flatMap(({ current }) => (current ? [current] : [])));
  }
  if (run.nodes.some(({ outcome }) => outcome === 'paused')) {
    setWorkflowState(
      t,
      'paused',
      reason(t, 'paused', 'The run is paused.', { next: 'it goes on when somebody resumes it' }),
    );
  } else if (hasSucceeded(t)) {
    setWorkflowState(t, 'success', null);
  } else if (state === 'ready_stop') {
    const { reason: why } = run.instance;
    setWorkflowState(t, why?.code === 'workflow_timeout' ? 'failure' : 'stopped', why);
  } else {
    setWorkflowState(t, 'failure', failureReason(t));
  }
  leaveTurn(t);
  tellOfEnd(t);
}

/** The run is not live any more: its timeout and its place go. */
export function leaveTurn(t: Transition): void {
  t.run.instance.queuedAt = null;
  t.intents.push({ type: 'ClearTimer', key: runTimeoutKey(t.run.instance.id) });
  t.effects.push({ type: 'ReleaseTurn' });
  endRunWatch(t);
}

/** Every task has passed or was skipped, or failed where that is caught. */
export function hasSucceeded({ run }: Transition): boolean {
  return run.nodes.every((node) => {
    if (node.outcome === 'passed' || node.outcome === 'skipped') return true;
    return (node.outcome === 'failed' || node.outcome === 'killed') && !breaksRun(run, node);
  });
}

function failureReason(t: Transition) {
  const broken = t.run.nodes.filter((node) => breaksRun(t.run, node));
  const failed = broken.filter(({ outcome }) => outcome === 'failed');
  const killed = broken.filter(({ outcome }) => outcome === 'killed');
  const counts = { failedTasks: failed.length, killedTasks: killed.length };
  const next = 'nothing, until someone recovers or reruns it';
  const only = failed.length === 1 && killed.length === 0 ? failed[0]! : undefined;
  const why = only?.current?.reason;
  if (!only || !why) {
    const sentences = [
      ...(failed.length > 0 ? [`${named(failed)} failed.`] : []),
      ...(killed.length > 0 ? [`${named(killed)} ${killed.length === 1 ? 'was' : 'were'} killed.`] : []),
    ];
    return reason(t, 'task_failed', sentences.join(' '), { next, evidence: counts });
  }
  const below = rootCause(why);
  const text = `${named(failed)} failed${below === undefined ? `: ${why.text}` : `, because of a run below it: ${below}`}`;
  return reason(t, 'task_failed', text, { next, evidence: { ...counts, cause: below ?? text } });
}

function named(nodes: readonly RunNode[]): string {
  const names = nodes.slice(0, NAMED_FAILURES).map((node) => `"${node.task.name}"`);
  return `${names.join(', ')}${nodes.length > names.length ? ` and ${nodes.length - names.length} more` : ''}`;
}
