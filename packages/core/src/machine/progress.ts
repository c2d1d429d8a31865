/**
 * How a run goes forward: which tasks become ready when one ends, and when the run itself has ended.
 * Walks with a worklist, so a graph of any depth costs no stack, and touches each edge once per activation.
 */
import type { TaskInstanceId } from '../identity/ids.ts';
import type { Intent } from './effects.ts';
import { makeTaskInstance, reason, setTaskState, setWorkflowState, type Transition } from './ledger.ts';
import { gatherVisible, type RunNode, setOutcome } from './run.ts';
import { dueKey, runTimeoutKey } from './timer-keys.ts';

/** Failed tasks that the run's reason names one by one. */
const NAMED_FAILURES = 5;

/** Starts every root of the execution graph. */
export function activateRoots(t: Transition): void {
  activate(
    t,
    t.run.nodes.filter((node) => node.waitingFor === 0),
  );
}

/** After a rebuild: starts whatever is ready and has no row, which a crash between two commits may have left. */
export function activateOverdue(t: Transition): void {
  activate(
    t,
    t.run.nodes.filter((node) => node.waitingFor === 0 && node.outcome === 'pending'),
  );
}

/** A task has passed: those after it that now have nothing to wait for are started. */
export function nodePassed(t: Transition, node: RunNode): void {
  setOutcome(t.run, node, 'passed');
  activate(t, releaseSuccessors(t, node));
}

function activate(t: Transition, ready: readonly RunNode[]): void {
  const worklist = [...ready];
  // The list grows while it is walked: first come, first started.
  for (const node of worklist) {
    if (node.outcome !== 'pending' || !mayStart(t)) continue;
    node.visible = gatherVisible(t.run, node);
    if (!node.task.enabled) {
      setOutcome(t.run, node, 'passed');
      worklist.push(...releaseSuccessors(t, node));
    } else if (t.run.instance.dryRun) {
      pretendSuccess(t, node);
      worklist.push(...releaseSuccessors(t, node));
    } else {
      submit(t, node);
    }
  }
}

function releaseSuccessors(t: Transition, node: RunNode): RunNode[] {
  const ready: RunNode[] = [];
  for (const index of t.run.graph.successors[node.index]!) {
    const successor = t.run.nodes[index]!;
    successor.waitingFor -= 1;
    if (successor.waitingFor === 0) ready.push(successor);
  }
  return ready;
}

function mayStart(t: Transition): boolean {
  return t.run.instance.state === 'running' && !t.run.ending;
}

function submit(t: Transition, node: RunNode): void {
  const { now } = t.context;
  const dueAt = now + node.task.delayMs;
  const row = makeTaskInstance(t, node, {
    previous: node.current,
    retryTimes: 0,
    failovers: 0,
    firstSubmittedAt: now,
    dueAt,
    why:
      node.task.delayMs > 0
        ? reason(t, 'waiting_for_delay', 'The definition delays this task.', { next: 'it is queued', nextAt: dueAt })
        : queuedReason(t),
  });
  setOutcome(t.run, node, 'active');
  queueOrWait(t, row.id, row.dueAt);
}

/** Puts a task instance in its group's queue, or sets the timer that will. */
export function queueOrWait(t: Transition, taskInstanceId: TaskInstanceId, dueAt: number | null): void {
  t.intents.push(dueAt === null ? { type: 'EnqueueTask', taskInstanceId } : dueTimer(taskInstanceId, dueAt));
}

export function dueTimer(taskInstanceId: TaskInstanceId, dueAt: number): Intent {
  return { type: 'SetTimer', key: dueKey(taskInstanceId), dueAt, event: { type: 'TaskDue', taskInstanceId } };
}

export function queuedReason(t: Transition) {
  return reason(t, 'queued', 'Waiting for a free slot of a worker.', {
    next: 'the first free worker of its group takes it',
  });
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
  setOutcome(t.run, node, 'passed');
}

/** Ends the run when nothing in it is active any more. Called once at the end of every transition. */
export function finishWhenDone(t: Transition): void {
  const { run } = t;
  if (run.activeCount > 0) return;
  const { state } = run.instance;
  if (state !== 'running' && state !== 'ready_stop') return;
  const allPassed = run.nodes.every((node) => node.outcome === 'passed');
  run.instance.endedAt = t.context.now;
  t.intents.push({ type: 'ClearTimer', key: runTimeoutKey(run.instance.id) });
  if (allPassed) setWorkflowState(t, 'success', null);
  else if (state === 'ready_stop') finishStopped(t);
  else setWorkflowState(t, 'failure', failureReason(t));
}

function finishStopped(t: Transition): void {
  const { reason: why } = t.run.instance;
  setWorkflowState(t, why?.code === 'workflow_timeout' ? 'failure' : 'stopped', why);
}

function failureReason(t: Transition) {
  const broken = t.run.nodes.filter((node) => node.outcome === 'failed' || node.outcome === 'killed');
  const names = broken.slice(0, NAMED_FAILURES).map((node) => `"${node.task.name}"`);
  const more = broken.length > names.length ? ` and ${broken.length - names.length} more` : '';
  return reason(t, 'task_failed', `${names.join(', ')}${more} failed.`, {
    next: 'nothing, until someone reruns it',
    evidence: { failedTasks: broken.length },
  });
}
