/** Rules of run control, held at every commit: what each order may touch. */
import { type Change, type TaskChange, Violation } from './facts.ts';
import type { Mirror } from './mirror.ts';
import { REVIVING } from './rules-rows.ts';

const MAKES_ALL_ANEW: ReadonlySet<string> = new Set(['rerun', 'rerun_from']);
const SUCCEEDED: ReadonlySet<string> = new Set(['success', 'forced_success']);

export function checkControl(mirror: Mirror, { unit, run, before, tasks }: Change): void {
  const orders = unit.commandsDone.map(({ id }) => mirror.commands.get(id)?.row.kind ?? '');
  const anew = orders.some((kind) => MAKES_ALL_ANEW.has(kind));
  for (const change of tasks) {
    if (!anew) checkKept(mirror, change);
    const resting = before.state === 'ready_pause' || before.state === 'ready_stop';
    if (resting && !orders.some((kind) => REVIVING.has(kind))) checkNotSent(change, before.state);
  }
  if (run.row.runCounter < before.runCounter) {
    throw new Violation('control', `the run ${run.row.id} counts ${run.row.runCounter} after ${before.runCounter}`);
  }
}

/** What looks at failures, or comes after what does, is decided anew when those are mended. */
function followsConditions(mirror: Mirror, name: string, seen: Set<string> = new Set()): boolean {
  const spec = mirror.taskSpec(name);
  if (!spec || seen.has(name)) return false;
  seen.add(name);
  return spec.kind.type === 'conditions' || spec.dependsOn.some((before) => followsConditions(mirror, before, seen));
}

/** Only a rerun makes anew what has succeeded; what is paused goes on as the same task instance. */
function checkKept(mirror: Mirror, { before, row }: TaskChange): void {
  if (!before?.current || row.current || followsConditions(mirror, row.name)) return;
  if (SUCCEEDED.has(before.state))
    throw new Violation('control', `${row.name} ${row.id} had succeeded and was made anew`);
}

/** A run that is pausing or stopping sends nothing more to workers. */
function checkNotSent({ before, row }: TaskChange, state: string): void {
  if (row.state !== 'dispatched' || before?.state === 'dispatched') return;
  throw new Violation('control', `${row.name} ${row.id} was sent to a worker while its run was ${state}`);
}
