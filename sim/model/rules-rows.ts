/** Rules of single rows, held at every commit: ends are final, one attempt is current, one dispatch is live, events say it. */
import type { TaskInstanceRow, WorkflowInstanceRow } from '@vaquita/core';
import { type Change, type RunFacts, Violation } from './facts.ts';
import type { Mirror } from './mirror.ts';

export const TERMINAL_TASK: ReadonlySet<string> = new Set([
  'paused',
  'need_fault_tolerance',
  'killed',
  'failure',
  'success',
  'forced_success',
]);
export const TERMINAL_RUN: ReadonlySet<string> = new Set(['paused', 'stopped', 'failure', 'success']);
/** Orders that bring a run that has ended back to life. */
export const REVIVING: ReadonlySet<string> = new Set([
  'resume',
  'recover_failed',
  'rerun',
  'rerun_from',
  'force_success',
  'retry',
]);

export function isLogic(row: TaskInstanceRow): boolean {
  return !['noop', 'shell'].includes(row.type);
}

/** A worker holds it. */
export function isHeld(row: TaskInstanceRow): boolean {
  return row.dispatchId !== null && (row.state === 'dispatched' || row.state === 'running');
}

export function checkRows(_mirror: Mirror, { unit, run, before, tasks }: Change): void {
  const orders = unit.commandsDone.map(({ id }) => _mirror.commands.get(id)?.row.kind ?? '');
  checkRunEnd(run, before, orders);
  for (const change of tasks) {
    const { row } = change;
    if (change.before) checkTaskEnd(run, change.before, row, orders);
    checkDispatch(change.before, row);
  }
  checkTold(
    run,
    tasks.map(({ row }) => row),
  );
}

function checkRunEnd(run: RunFacts, before: WorkflowInstanceRow, orders: readonly string[]): void {
  const { row } = run;
  const ordered = orders.some((kind) => REVIVING.has(kind)) || (before.state === 'paused' && orders.includes('stop'));
  if (TERMINAL_RUN.has(before.state) && row.state !== before.state && !ordered) {
    throw new Violation(
      'final',
      `the run ${row.id} had ended as ${before.state} and became ${row.state} without an order`,
    );
  }
  if (!TERMINAL_RUN.has(row.state)) return;
  const open = [...run.current.values()].find(({ state }) => !TERMINAL_TASK.has(state));
  if (open)
    throw new Violation('final', `the run ${row.id} has ended as ${row.state} while ${open.name} is ${open.state}`);
}

function checkTaskEnd(run: RunFacts, before: TaskInstanceRow, row: TaskInstanceRow, orders: readonly string[]): void {
  if (before.id !== row.id || before.attempt !== row.attempt || before.name !== row.name) {
    throw new Violation('final', `the task instance ${row.id} is no longer what it was`);
  }
  if (!before.current && row.current) throw new Violation('current', `${row.name} ${row.id} became current again`);
  if (!TERMINAL_TASK.has(before.state) || before.state === row.state) return;
  const forced = row.state === 'forced_success' && (before.state === 'failure' || before.state === 'killed');
  if (forced && orders.includes('force_success')) return;
  if (before.state === 'paused' && orders.some((kind) => REVIVING.has(kind) || kind === 'stop')) return;
  if (before.state === 'paused' && run.row.state !== 'paused') return;
  throw new Violation('final', `${row.name} ${row.id} had ended as ${before.state} and became ${row.state}`);
}

function checkDispatch(before: TaskInstanceRow | undefined, row: TaskInstanceRow): void {
  if (isLogic(row)) {
    if (row.dispatchId !== null)
      throw new Violation('dispatch', `${row.name} is no task for workers and has a dispatch`);
    return;
  }
  const out = row.state === 'dispatched' || row.state === 'running';
  if (out && (row.dispatchId === null || row.workerId === null || row.dispatchEpoch === null)) {
    throw new Violation('dispatch', `${row.name} ${row.id} is ${row.state} and nobody holds it`);
  }
  if (out && before && isHeld(before) && before.dispatchId !== row.dispatchId && before.state === 'running') {
    throw new Violation('dispatch', `${row.name} ${row.id} was running under one dispatch and is live under another`);
  }
}

/** The record of events and the rows say the same. */
function checkTold(run: RunFacts, rows: readonly TaskInstanceRow[]): void {
  for (const row of [run.row, ...rows]) {
    const told = run.told.get(row.id);
    if (told === row.state) continue;
    throw new Violation('record', `${row.id} is ${row.state}, and its events say ${told ?? 'nothing'}`);
  }
}
