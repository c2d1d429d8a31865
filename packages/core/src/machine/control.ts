/** What people order a run to do: pause, stop, and the ways to go on. Which state allows what is in the table. */
import { reach } from '../graph/logical-graph.ts';
import { tellOfEnd, tellOfTimeout } from './alerts.ts';
import { restPaused } from './endings.ts';
import type { WorkflowEvent, WorkflowEventType } from './events.ts';
import { killActive } from './kill.ts';
import {
  finishCommand,
  reason,
  setParams,
  setQuarantine,
  setTaskReason,
  setWorkflowReason,
  setWorkflowState,
  type Transition,
} from './ledger.ts';
import { pauseChildren } from './logic-children.ts';
import { pausesAtOnce, receiveSignal, waitsForSignal } from './logic-tasks.ts';
import { checkedOutputs } from './outputs.ts';
import { leaveTurn, pausedReason } from './progress.ts';
import type { Reason } from './rows.ts';
import type { RunNode } from './run.ts';
import { askForTurn, makeAnew, rederive, undo } from './turn.ts';

export type WorkflowEventOf<Type extends WorkflowEventType> = Extract<WorkflowEvent, { type: Type }>;

/** Tasks that are with a worker go on to their end; everything else rests, and what would start rests too. */
export function pause(t: Transition, event: WorkflowEventOf<'PauseWorkflow'>): void {
  finishCommand(t, event.commandId, 'done');
  setWorkflowState(
    t,
    'ready_pause',
    reason(t, 'pausing', `Paused by ${event.by}: what runs goes on to its end.`, {
      next: 'it is paused when nothing runs any more',
      evidence: { by: event.by },
    }),
  );
  for (const node of t.run.nodes) if (node.outcome === 'active') pauseTask(t, node);
}

function pauseTask(t: Transition, node: RunNode): void {
  const row = node.current!;
  if (row.state === 'submitted' || row.state === 'delayed' || pausesAtOnce(row)) restPaused(t, node, row);
  else if (
    row.state === 'running' &&
    (row.logic?.kind === 'child' || row.logic?.kind === 'children') &&
    row.killRequestedAt === null
  )
    pauseChildren(t, { node, row });
}

/** It waits for its turn, or for its start command to be taken: it rests as it is, and gives its place in line up. */
export function pauseWaiting(t: Transition, event: WorkflowEventOf<'PauseWorkflow'>): void {
  const { instance, nodes } = t.run;
  finishCommand(t, event.commandId, 'done');
  leaveTurn(t);
  instance.endedAt = t.context.now;
  const next = 'it waits for its turn again when somebody resumes it';
  setWorkflowState(
    t,
    'paused',
    reason(t, 'paused', `Paused by ${event.by} while it waited for its turn.`, { next, evidence: { by: event.by } }),
  );
  for (const { outcome, current } of nodes) if (outcome === 'paused') setTaskReason(t, current!, pausedReason(t));
}

export function stop(t: Transition, event: WorkflowEventOf<'StopWorkflow'>): void {
  finishCommand(t, event.commandId, 'done');
  beginStop(
    t,
    reason(t, 'stopped', `Stopped by ${event.by}.`, { evidence: { by: event.by } }),
    `the run was stopped by ${event.by}`,
  );
}

function beginStop(t: Transition, why: Reason, because: string): void {
  setWorkflowState(t, 'ready_stop', why);
  killActive(t, because);
}

/** Nothing of the run is live: it ends at once. */
export function stopResting(t: Transition, event: WorkflowEventOf<'StopWorkflow'>): void {
  const { instance } = t.run;
  const before = instance.startedAt === null ? ' before it started' : '';
  finishCommand(t, event.commandId, 'done');
  endResting(t, reason(t, 'stopped', `Stopped by ${event.by}${before}.`, { evidence: { by: event.by } }));
}

/** The gate will not let it run. */
export function denied(t: Transition, event: WorkflowEventOf<'TurnDenied'>): void {
  endResting(t, reason(t, event.code, event.text, { evidence: event.evidence }));
}

function endResting(t: Transition, why: Reason): void {
  killActive(t, 'its run ended before it went on');
  t.run.instance.endedAt = t.context.now;
  setWorkflowState(t, 'stopped', why);
  leaveTurn(t);
  tellOfEnd(t);
}

export function delayed(t: Transition, event: WorkflowEventOf<'TurnDelayed'>): void {
  const { instance } = t.run;
  if (instance.queuedAt === null) return;
  const next = 'it goes on when there is room for it';
  const why = reason(t, event.code, event.text, { next, evidence: event.evidence });
  const state = event.serial ? 'serial_wait' : 'submitted';
  if (instance.state === state) setWorkflowReason(t, why);
  else setWorkflowState(t, state, why);
}

/** A newer run takes its place. */
export function displaced(t: Transition, event: WorkflowEventOf<'RunDisplaced'>): void {
  beginStop(t, reason(t, 'displaced', event.text, { evidence: event.evidence }), 'a newer run takes its place');
}

export function timeOut(t: Transition, event: WorkflowEventOf<'WorkflowTimedOut'>): void {
  const { instance, definition } = t.run;
  if (event.runCounter !== instance.runCounter) return;
  const strategy = definition.timeout?.strategy ?? 'fail';
  const text = 'The run has passed its timeout.';
  // A server that takes the run over sets the timer again: once is enough.
  if (strategy !== 'fail' && instance.reason?.code !== 'workflow_timeout') {
    const next = instance.state === 'ready_pause' ? 'it is paused when nothing runs any more' : 'it goes on';
    setWorkflowReason(t, reason(t, 'workflow_timeout', text, { next }));
    tellOfTimeout(t, strategy === 'warn' ? next : 'it is ended now');
  }
  if (strategy !== 'warn') beginStop(t, reason(t, 'workflow_timeout', text), 'the run has passed its timeout');
}

/** Paused tasks go on as they are; killed ones are made anew. */
export function resume(t: Transition, event: WorkflowEventOf<'ResumeWorkflow'>): void {
  restart(t, event);
  redo(t, (node) => node.outcome === 'killed');
  rederive(t);
  askForTurn(t);
}

/** Failed and killed tasks are made anew, and what comes after them; paused ones go on, successes are kept. */
export function recoverFailed(t: Transition, event: WorkflowEventOf<'RecoverFailed'>): void {
  restart(t, event);
  redo(t, (node) => node.outcome === 'failed' || node.outcome === 'killed');
  rederive(t);
  askForTurn(t);
}

/** The tasks that are meant are made anew, unless one of them comes before: then they wait for it again. */
function redo(t: Transition, meant: (node: RunNode) => boolean): void {
  const { run } = t;
  const again = run.nodes.filter(meant);
  const after = strictlyAfter(t, again);
  for (const index of after) undo(t, run.nodes[index]!);
  for (const node of again) if (!after.has(node.index)) makeAnew(t, node);
}

function strictlyAfter({ run }: Transition, nodes: readonly RunNode[]): Set<number> {
  const next = nodes.flatMap((node) => run.graph.successors[node.index]!);
  return reach(run.graph, next, 'downstream');
}

export function rerun(t: Transition, event: WorkflowEventOf<'RerunWorkflow'>): void {
  restart(t, event);
  for (const node of t.run.nodes) undo(t, node);
  rederive(t);
  askForTurn(t);
}

/** The named tasks and everything after them anew, with edited start parameters where some are given. */
export function rerunFrom(t: Transition, event: WorkflowEventOf<'RerunFrom'>): void {
  const { run } = t;
  const starts: number[] = [];
  for (const name of event.tasks) {
    const index = run.graph.indexOf.get(name);
    if (index === undefined) {
      finishCommand(t, event.commandId, `rejected: this run has no task named "${name}"`);
      return;
    }
    starts.push(index);
  }
  if (starts.length === 0) {
    finishCommand(t, event.commandId, 'rejected: name at least one task to begin from');
    return;
  }
  restart(t, event);
  if (Object.keys(event.params).length > 0) setParams(t, { ...run.instance.params, ...event.params });
  for (const index of reach(run.graph, starts, 'downstream')) undo(t, run.nodes[index]!);
  rederive(t);
  askForTurn(t);
}

function restart(t: Transition, event: { readonly commandId: Parameters<typeof finishCommand>[1] }): void {
  finishCommand(t, event.commandId, 'done');
  t.run.instance.runCounter += 1;
}

export function retry(t: Transition, event: WorkflowEventOf<'RetryWorkflow'>): void {
  if (t.run.instance.quarantine === null) {
    finishCommand(t, event.commandId, 'nothing to do: the run is not set aside');
    return;
  }
  finishCommand(t, event.commandId, 'done');
  setQuarantine(t, null);
}

export function signal(t: Transition, event: WorkflowEventOf<'SignalReceived'>): void {
  const { commandId, name } = event;
  const hearers = t.run.nodes.flatMap((node) => {
    const row = node.current;
    if (!row || !waitsForSignal(row, name)) return [];
    return [{ node, row, outputs: checkedOutputs(node.task.outputs, event.outputs) }];
  });
  const wrong = hearers.find(({ outputs }) => outputs.problem !== undefined);
  if (wrong) {
    finishCommand(t, commandId, `rejected: task "${wrong.row.name}" cannot take the output ${wrong.outputs.problem}`);
    return;
  }
  for (const { node, row, outputs } of hearers) receiveSignal(t, { node, row }, name, outputs.values);
  const nobody = `rejected: no task of this run waits for the signal "${name}"`;
  finishCommand(t, commandId, hearers.length > 0 ? 'done' : nobody);
}
