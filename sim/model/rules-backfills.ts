/** Rules of the single steps of backfills, by the numbers of their duty. */
import type { WorkflowInstanceRow } from '@vaquita/core';
import {
  type BackfillFacts,
  bars,
  type ItemChangeFact,
  type ItemFacts,
  lets,
  type StartedItemFact,
  upstreamOf,
} from './backfill-facts.ts';
import { Violation } from './facts.ts';
import type { Mirror } from './mirror.ts';
import { TERMINAL_RUN } from './rules-rows.ts';

export interface BackfillWorld {
  readonly mirror: Mirror;
  readonly backfills: ReadonlyMap<string, BackfillFacts>;
  /** Runs of all backfills at once. */
  readonly most: number;
  /** Whether the run has ever ended like this. */
  hasEnded(run: string | undefined, as: string): boolean;
}

export function wrong(
  rule: 'filled' | 'parallelism' | 'levels',
  { id }: { readonly id: string },
  what: string,
): Violation {
  return new Violation(rule, `the backfill ${id} ${what}`);
}

export function checkItemStart(
  { mirror, backfills, most }: BackfillWorld,
  backfill: BackfillFacts,
  { position, filing, backfill: read }: StartedItemFact,
): void {
  const item = backfill.items[position];
  // B1
  if (item?.state !== 'waiting')
    throw wrong('filled', backfill, `starts item ${position}, which is ${item?.state ?? 'not there'}`);
  const other = [...mirror.runs.values()].find(({ row }) => isOpenFor(row, item) && !isRevived(mirror, row.id));
  if (other) throw wrong('filled', backfill, `starts item ${position} while ${other.row.id} is ${other.row.state}`);
  checkRun(backfill, item, filing.instance);
  // B2
  if (backfill.state !== 'running' || backfill.revision !== read.revision)
    throw wrong('filled', backfill, `starts item ${position}, and is ${backfill.state}, or changed since it was read`);
  // B3
  const own = runningOf(backfill);
  if (own >= backfill.parallelism)
    throw wrong('parallelism', backfill, `starts item ${position} beside ${own}, and ${backfill.parallelism} may run`);
  const all = [...backfills.values()].reduce((sum, one) => sum + runningOf(one), 0);
  if (all >= most) throw wrong('parallelism', backfill, `starts item ${position} beside ${all} of all backfills`);
  // B4
  const missing = upstreamOf(item, backfill, mirror.scenario).find((one) => !lets(one));
  if (missing)
    throw wrong('levels', backfill, `starts item ${position} while item ${missing.position} is ${missing.state}`);
}

export function checkItemChange(
  world: BackfillWorld,
  backfill: BackfillFacts,
  { position, to, reason }: ItemChangeFact,
): void {
  const item = backfill.items[position]!;
  const run = item.runs.at(-1);
  const told = `has item ${position}, which is ${item.state}, be ${to}`;
  switch (to) {
    case 'success':
      // B5
      if (!world.hasEnded(run, 'success')) throw wrong('filled', backfill, `${told}: its run has not succeeded`);
      return;
    case 'failure':
      if (!world.hasEnded(run, 'failure') && !world.hasEnded(run, 'stopped'))
        throw wrong('filled', backfill, `${told}: its run has not failed`);
      if (reason === null) throw wrong('filled', backfill, `${told} without a reason`);
      return;
    case 'blocked':
      // B4
      if (reason === null) throw wrong('levels', backfill, `${told} without a reason`);
      return;
    case 'waiting':
      if (item.state !== 'blocked') throw wrong('filled', backfill, told);
      return;
    default:
      throw wrong('filled', backfill, told);
  }
}

/** B4, once the unit is written. */
export function checkBlocked(
  { mirror }: BackfillWorld,
  backfill: BackfillFacts,
  changes: readonly ItemChangeFact[],
): void {
  for (const { position, to } of changes) {
    const upstream = upstreamOf(backfill.items[position]!, backfill, mirror.scenario);
    if (to === 'blocked' && !upstream.some(bars))
      throw wrong('levels', backfill, `blocks item ${position}, which nothing bars`);
  }
}

export function runningOf({ items }: BackfillFacts): number {
  return items.filter(({ state }) => state === 'running').length;
}

/** A person has had it go on after its end. */
function isRevived({ runs }: Mirror, id: string): boolean {
  const run = runs.get(id);
  return (
    run !== undefined &&
    (run.row.runCounter > 1 || run.done.some(({ command }) => command.kind !== 'start' && command.kind !== 'stop'))
  );
}

function isOpenFor(row: WorkflowInstanceRow, { workflowId, businessTime }: ItemFacts): boolean {
  const isIts = row.originKind === 'backfill' && row.workflowId === workflowId && row.businessTime === businessTime;
  return isIts && !TERMINAL_RUN.has(row.state);
}

function checkRun(backfill: BackfillFacts, item: ItemFacts, run: WorkflowInstanceRow): void {
  const isIts = run.originKind === 'backfill' && run.originId === backfill.id;
  if (!isIts || run.workflowId !== item.workflowId || run.businessTime !== item.businessTime || run.dryRun)
    throw wrong('filled', backfill, `starts ${run.id} for item ${item.position}, and it is not its run`);
}
