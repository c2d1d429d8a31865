/** Rules of logic tasks, held at every commit: each ends as what it looks at says, and starts no more than it may. */
import type { TaskInstanceRow } from '@vaquita/core';
import type { TaskSpec } from '../scenario/scenario.ts';
import { type Change, type RunFacts, Violation } from './facts.ts';
import { viewGraph } from './graph.ts';
import type { Mirror } from './mirror.ts';
import { TERMINAL_RUN, TERMINAL_TASK } from './rules-rows.ts';

export function checkLogic(mirror: Mirror, { run, tasks, unit }: Change): void {
  if (run.row.dryRun) return;
  for (const { before, row } of tasks) {
    const spec = mirror.taskSpec(row.name);
    if (!spec || spec.kind.type === 'work') continue;
    checkChildren(mirror, run, spec);
    if (!TERMINAL_TASK.has(row.state) || before?.state === row.state) continue;
    if (row.state === 'success') checkSuccess(mirror, { run, row, spec });
    if (row.state === 'failure') checkChildFailure(mirror, row);
  }
  for (const { instance } of unit.newRuns) {
    if (instance.parentInstanceId === run.row.id) continue;
    throw new Violation('children', `the run ${run.row.id} has made a run ${instance.id} that is not its child`);
  }
}

interface Ended {
  readonly run: RunFacts;
  readonly row: TaskInstanceRow;
  readonly spec: TaskSpec;
}

function checkSuccess(mirror: Mirror, { run, row, spec }: Ended): void {
  const { kind } = spec;
  const cannot = (why: string) => new Violation('logic', `${row.name} ${row.id} (${kind.type}) succeeded: ${why}`);
  const asked = (order: string) => run.done.filter(({ command }) => command.kind === order);
  switch (kind.type) {
    case 'switch':
      if (!sameNames(chosen(row), kind.takes ? kind.then : kind.otherwise)) throw cannot('it chose the wrong branch');
      return;
    case 'conditions': {
      const holds = kind.join === 'all' ? kind.of.every(is) : kind.of.some(is);
      if (!sameNames(chosen(row), holds ? kind.then : kind.else)) throw cannot('it chose the wrong branch');
      return;
    }
    case 'approval':
      if (!asked('approve_task').some(({ command }) => command.payload.taskInstanceId === row.id))
        throw cannot('nobody approved');
      return;
    case 'wait':
      if (kind.signal !== null && !asked('signal').some(({ command }) => command.payload.name === kind.signal)) {
        throw cannot('no signal came');
      }
      return;
    case 'sub_workflow':
      if (row.logic?.kind !== 'child' || !hasSucceeded(mirror, row.logic.child)) throw cannot('its run has not');
      return;
    case 'dynamic':
      if (row.logic?.kind !== 'children' || row.logic.items.length !== kind.items)
        throw cannot('it has not the items of its lists');
      if (!row.logic.items.every(({ child }) => hasSucceeded(mirror, child))) throw cannot('one of its runs has not');
      return;
    default:
      return;
  }

  /** A disabled task counts as one that has succeeded, a skipped one as neither. */
  function is(name: string): boolean {
    const stands = viewGraph(mirror.workflowOf(run), run).standing(name);
    if (kind.type !== 'conditions') return false;
    return kind.is === 'success' ? stands === 'passed' : stands === 'failed' || stands === 'killed';
  }
}

/** A task fails with its run only when that run has failed and nobody is about to recover it for this very task. */
function checkChildFailure(mirror: Mirror, row: TaskInstanceRow): void {
  if (row.reason?.code !== 'child_failed' || row.logic?.kind !== 'child' || row.logic.child === null) return;
  const { child } = row.logic;
  const state = mirror.runs.get(child)?.row.state;
  if (state !== undefined && !TERMINAL_RUN.has(state))
    throw new Violation('children', `${row.name} ${row.id} failed with its run, which is ${state}`);
  const next = [...(mirror.runs.get(row.workflowInstanceId)?.tasks.values() ?? [])].find(
    ({ previousId }) => previousId === row.id,
  );
  for (const { row: command, outcome } of mirror.commands.values()) {
    // What the next attempt has ordered, in the same unit.
    if (next && command.createdAt >= next.submittedAt) continue;
    if (command.workflowInstanceId !== child || command.kind !== 'recover_failed' || outcome !== null) continue;
    if (command.createdAt < row.submittedAt || command.createdBy !== 'its parent run') continue;
    throw new Violation('children', `${row.name} ${row.id} failed with its run, which it has just ordered to recover`);
  }
}

function chosen({ logic }: TaskInstanceRow): readonly string[] {
  return logic?.kind === 'branch' ? logic.chosen : [];
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

function hasSucceeded(mirror: Mirror, child: string | null): boolean {
  return child !== null && mirror.runs.get(child)?.row.state === 'success';
}

/** A task has one child run at a time, or as many as it may have side by side. */
function checkChildren(mirror: Mirror, run: RunFacts, { name, kind }: TaskSpec): void {
  if (kind.type !== 'sub_workflow' && kind.type !== 'dynamic') return;
  const limit = kind.type === 'dynamic' ? kind.parallelism : 1;
  const live = [...mirror.runs.values()].filter(
    ({ row }) => row.parentInstanceId === run.row.id && row.parentTask === name && !TERMINAL_RUN.has(row.state),
  );
  // What an earlier order to stop has not reached yet does not count.
  const counted = live.filter(
    ({ row }) => row.parentTaskId === run.current.get(name)?.id && row.state !== 'ready_stop',
  );
  if (counted.length > limit)
    throw new Violation('children', `${name} has ${counted.length} live runs, and ${limit} may be`);
}
