/**
 * Rules of ending, held at every commit: a task ends as its worker has told, once, or for a reason that has happened;
 * a run ends as its graph says.
 */
import type { TaskInstanceRow } from '@vaquita/core';
import { type Change, type RunFacts, Violation } from './facts.ts';
import { viewGraph } from './graph.ts';
import type { Mirror } from './mirror.ts';
import { isHeld, isLogic, TERMINAL_RUN, TERMINAL_TASK } from './rules-rows.ts';

const BROKE: ReadonlySet<string> = new Set(['failure', 'killed', 'forced_success']);

/** Dispatches whose end has been taken. */
export type Taken = Set<string>;

export function checkEnds(mirror: Mirror, taken: Taken, change: Change): void {
  const { run, before, tasks } = change;
  for (const { before: was, row } of tasks) {
    if (!TERMINAL_TASK.has(row.state) || was?.state === row.state) continue;
    if (was && TERMINAL_TASK.has(was.state)) continue;
    if (was && isHeld(was) && was.dispatchId !== null) {
      if (taken.has(was.dispatchId))
        throw new Violation('once', `the end of dispatch ${was.dispatchId} of ${row.name} was taken twice`);
      taken.add(was.dispatchId);
    }
    if (run.row.dryRun || isLogic(row)) continue;
    checkTaskEnd(mirror, run, row);
    // One that was set aside is ended from its rows, whatever its workers do.
    if (!before.quarantine) checkNotTaken(mirror, row);
  }
  if (TERMINAL_RUN.has(run.row.state) && !TERMINAL_RUN.has(before.state)) checkRunEnd(mirror, run);
}

function checkTaskEnd(mirror: Mirror, run: RunFacts, row: TaskInstanceRow): void {
  const told = (row.dispatchId && mirror.executions.get(row.dispatchId)?.ends) || new Set<string>();
  const code = row.reason?.code ?? '';
  const cannot = (why: string) =>
    new Violation('outcome', `${row.name} ${row.id} ended as ${row.state} (${code}): ${why}`);
  switch (row.state) {
    case 'success':
      if (!told.has('success')) throw cannot(`its worker told ${[...told].join(', ') || 'nothing'}`);
      return;
    case 'failure': {
      const bad = ['failure', 'timeout', 'killed', 'lost', 'interrupted'].some((end) => told.has(end));
      const evident = ['worker_lost', 'timeout', 'parameter'].includes(code);
      if (!bad && !evident) throw cannot('its worker told of no failure');
      if (code === 'timeout' && (mirror.taskSpec(row.name)?.timeout ?? null) === null)
        throw cannot('it has no timeout');
      return;
    }
    case 'killed':
      if (!mayBeKilled(mirror, run, row)) throw cannot('nobody has asked for that');
      return;
    case 'need_fault_tolerance':
      if (
        told.has('success') &&
        !told.has('lost') &&
        code === 'worker_lost' &&
        !mirror.wasImpaired(row.workerName ?? '', 0)
      ) {
        throw cannot('its worker was never away and told success');
      }
      return;
    default:
      return;
  }
}

/** Whoever is there and works is believed: no task ends without its worker, unless something was wrong with that. */
function checkNotTaken(mirror: Mirror, row: TaskInstanceRow): void {
  const execution = row.dispatchId === null ? undefined : mirror.executions.get(row.dispatchId);
  if (!execution || execution.endedAt !== null || mirror.wasImpaired(execution.worker, 0)) return;
  throw new Violation(
    'outcome',
    `${row.name} ${row.id} ended as ${row.state} while worker ${execution.worker}, which was never away, works on it`,
  );
}

function mayBeKilled(mirror: Mirror, run: RunFacts, row: TaskInstanceRow): boolean {
  const spec = mirror.workflowOf(run);
  if (run.done.some(({ command }) => command.kind === 'stop')) return true;
  if (run.done.some(({ command }) => command.kind === 'kill_task' && command.payload.taskInstanceId === row.id))
    return true;
  // Of an attempt before this one too: a recovery may have been asked for in the same moment.
  // And of one that was forced to have succeeded since.
  const othersBroke = [...run.tasks.values()].some(({ id, state }) => id !== row.id && BROKE.has(state));
  if (run.row.failureStrategy === 'end' && othersBroke) return true;
  if (spec.timeoutMs !== null && run.row.reason?.code === 'workflow_timeout') return true;
  return (
    spec.execution === 'serial_priority' || spec.execution === 'serial_discard' || run.row.parentInstanceId != null
  );
}

function checkRunEnd(mirror: Mirror, run: RunFacts): void {
  const { row } = run;
  const view = viewGraph(mirror.workflowOf(run), run);
  const names = [...view.tasks.keys()];
  const cannot = (why: string) => new Violation('outcome', `the run ${row.id} ended as ${row.state}: ${why}`);
  const asked = (kind: string) => run.done.some(({ command }) => command.kind === kind);
  const broken = names.find((name) => view.isBroken(name));
  const waiting = names.find((name) => view.standing(name) === 'none' && view.mayStart(name));
  const code = row.reason?.code ?? '';
  switch (row.state) {
    case 'success': {
      const open = names.find((name) => !['passed', 'skipped', 'failed', 'killed'].includes(view.standing(name)));
      if (open) throw cannot(`${open} is ${view.standing(open)}`);
      if (broken) throw cannot(`${broken} is ${view.standing(broken)}`);
      return;
    }
    case 'failure':
      if (!broken && code !== 'workflow_timeout') throw cannot('no task of it is broken');
      if (
        waiting &&
        row.failureStrategy === 'continue' &&
        code !== 'workflow_timeout' &&
        !asked('pause') &&
        !asked('stop')
      ) {
        throw cannot(`${waiting} could have started`);
      }
      return;
    case 'stopped': {
      const { execution, timeoutMs } = mirror.workflowOf(run);
      const displaced = execution === 'serial_priority' || execution === 'serial_discard';
      if (!asked('stop') && !displaced && !(timeoutMs !== null && code === 'workflow_timeout'))
        throw cannot('nobody stopped it');
      return;
    }
    case 'paused':
      if (!asked('pause') && row.parentInstanceId == null) throw cannot('nobody paused it');
      return;
    default:
      return;
  }
}
