/**
 * Backfills as the model follows them: what people make of them, and each unit of the duty that works on them. The numbers B1 to B7
 * are those of the duty.
 *
 * - Each workflow that belongs to it has one item for each time, and it is skipped only where it has succeeded before.
 * - A time of a workflow waits or runs in one backfill at a time.
 * - B1 to B4, B7 at each unit: see the rules.
 * - B5, and nothing is missing: at rest no end is unsettled, nothing that could start waits, and what bars an item really bars it.
 */
import type { BackfillRow } from '@vaquita/core';
import type { BackfillSpec } from '../scenario/scenario.ts';
import {
  type BackfillFacts,
  bars,
  businessTimesOf,
  type ItemChangeFact,
  type ItemFacts,
  type ItemState,
  isHeldItem,
  lets,
  membersOf,
  type StartedItemFact,
  upstreamOf,
} from './backfill-facts.ts';
import type { Mirror, WorldFacts } from './mirror.ts';
import {
  type BackfillWorld,
  checkBlocked,
  checkItemChange,
  checkItemStart,
  runningOf,
  wrong,
} from './rules-backfills.ts';

export interface BackfillModel {
  readonly backfills: ReadonlyMap<string, BackfillFacts>;
  /** People. */
  created(id: string, made: { readonly spec: BackfillSpec; readonly items: readonly PlannedFact[] }): void;
  changed(id: string, change: BackfillChangeFact): void;
  workflowSwitched(workflowId: string, online: boolean): void;
  /** The leader's duty. */
  started(start: StartedItemFact): void;
  settled(changes: readonly ItemChangeFact[]): void;
  marked(id: string, what: { readonly hold: BackfillRow['hold'] } | 'done'): void;
  /** A run has come to its end. */
  ended(run: string, as: string): void;
  unrest(): string | undefined;
}

export type PlannedFact = Pick<ItemFacts, 'position' | 'workflow' | 'workflowId' | 'businessTime' | 'state'>;

export type BackfillChangeFact =
  | { readonly kind: 'pause' | 'resume' | 'cancel' | 'retry' }
  | { readonly kind: 'edit'; readonly parallelism?: number };

export function createBackfillModel(
  mirror: Mirror,
  { startedAt, maxBackfillRuns: most }: Pick<WorldFacts, 'startedAt' | 'maxBackfillRuns'>,
): BackfillModel {
  const backfills = new Map<string, BackfillFacts>();
  const offline = new Set<string>();
  const ends = new Map<string, Set<string>>();
  const hasEnded = (run: string | undefined, as: string) => run !== undefined && ends.get(run)?.has(as) === true;
  const world: BackfillWorld = { mirror, backfills, most, hasEnded };

  function must(id: string): BackfillFacts {
    const backfill = backfills.get(id);
    if (!backfill) throw wrong('filled', { id }, 'is not there');
    return backfill;
  }

  const stateOf = (run: string | undefined) => mirror.runs.get(run ?? '')?.row.state;

  function put(backfill: BackfillFacts, item: ItemFacts, state: ItemState): void {
    item.state = state;
    if (isHeldItem(item)) checkAlone(backfill, item);
  }

  function checkAlone(backfill: BackfillFacts, item: ItemFacts): void {
    const isSame = (one: ItemFacts) =>
      one !== item && one.workflowId === item.workflowId && one.businessTime === item.businessTime && isHeldItem(one);
    const other = [...backfills.values()].find(({ items }) => items.some(isSame));
    if (other) throw wrong('filled', backfill, `has item ${item.position} be ${item.state}, which ${other.id} has too`);
  }

  function checkPlan(backfill: BackfillFacts): void {
    const { spec, items } = backfill;
    const times = businessTimesOf(spec, startedAt);
    const members = membersOf(spec, mirror.scenario);
    if (items.length !== times.length * members.size)
      throw wrong(
        'filled',
        backfill,
        `has ${items.length} items for ${members.size} workflows and ${times.length} times`,
      );
    const keys = new Set<string>();
    for (const item of items) {
      const { workflow, businessTime, state, position } = item;
      if (!members.has(workflow) || !times.includes(businessTime) || items[position] !== item)
        throw wrong('filled', backfill, `has an item ${position} that does not belong to it`);
      keys.add(`${workflow} ${businessTime}`);
      if (state === 'waiting') checkAlone(backfill, item);
      else if (!spec.gaps || !hasSucceededBefore(item))
        throw wrong('filled', backfill, `plans item ${position} ${state}`);
    }
    if (keys.size !== items.length) throw wrong('filled', backfill, 'has two items for one time');
  }

  function hasSucceededBefore({ workflowId, businessTime }: ItemFacts): boolean {
    return [...mirror.runs.values()].some(
      ({ row }) => row.workflowId === workflowId && row.businessTime === businessTime && row.state === 'success',
    );
  }

  function itemsAfter(backfill: BackfillFacts, kind: BackfillChangeFact['kind']): void {
    for (const item of backfill.items) {
      if (kind === 'cancel' && item.state === 'waiting') item.state = 'cancelled';
      const hasFailed = item.state === 'failure' && ['failure', 'stopped'].includes(stateOf(item.runs.at(-1)) ?? '');
      if (kind === 'retry' && (item.state === 'blocked' || hasFailed)) put(backfill, item, 'waiting');
    }
  }

  const isSettled = (backfill: BackfillFacts) => backfill.items.every((item) => !isHeldItem(item));

  return {
    backfills,
    created(id, { spec, items }) {
      const backfill: BackfillFacts = {
        ...{ id, spec, state: 'running', revision: 1, parallelism: spec.parallelism, hold: null },
        items: items.map((item) => ({ ...item, runs: [] })),
      };
      backfills.set(id, backfill);
      checkPlan(backfill);
    },
    changed(id, change) {
      const backfill = must(id);
      backfill.revision += 1;
      backfill.hold = null;
      itemsAfter(backfill, change.kind);
      if (change.kind === 'edit') backfill.parallelism = change.parallelism ?? backfill.parallelism;
      if (change.kind === 'pause') backfill.state = 'paused';
      if (change.kind === 'resume') backfill.state = 'running';
      if (change.kind === 'cancel') backfill.state = 'cancelled';
      if (change.kind === 'retry' && backfill.state === 'done') backfill.state = 'running';
    },
    workflowSwitched(workflowId, online) {
      if (online) offline.delete(workflowId);
      else offline.add(workflowId);
    },
    started(start) {
      const backfill = must(start.backfill.id);
      checkItemStart(world, backfill, start);
      const item = backfill.items[start.position]!;
      item.runs.push(start.filing.instance.id);
      put(backfill, item, 'running');
      mirror.start(start.filing);
    },
    settled(changes) {
      const byBackfill = Map.groupBy(changes, ({ backfillId }) => backfillId);
      for (const change of changes) {
        const backfill = must(change.backfillId);
        checkItemChange(world, backfill, change);
        put(backfill, backfill.items[change.position]!, change.to);
        if (change.to === 'waiting' && backfill.state === 'done') backfill.state = 'running';
      }
      for (const [id, some] of byBackfill) checkBlocked(world, must(id), some);
    },
    marked(id, what) {
      const backfill = must(id);
      if (backfill.state !== 'running') throw wrong('filled', backfill, `is ${backfill.state} and gets a mark`);
      if (what !== 'done') {
        backfill.hold = what.hold;
        return;
      }
      if (!isSettled(backfill)) throw wrong('filled', backfill, 'is said to be done, and has items that are not');
      Object.assign(backfill, { state: 'done', hold: null });
    },
    ended(run, as) {
      ends.set(run, (ends.get(run) ?? new Set()).add(as));
    },
    unrest() {
      for (const backfill of backfills.values()) {
        const restless = unsettled(backfill) ?? (backfill.state === 'running' ? idle(backfill) : undefined);
        if (restless) return `the backfill ${backfill.id} ${restless}`;
      }
      return undefined;
    },
  };

  /** B5 */
  function unsettled(backfill: BackfillFacts): string | undefined {
    for (const item of backfill.items) {
      const { position, state, runs } = item;
      const run = stateOf(runs.at(-1));
      if (state === 'running' && ['success', 'failure', 'stopped'].includes(run ?? ''))
        return `has item ${position} running, whose run is ${run}`;
      if (state === 'failure' && run === 'success' && backfill.state !== 'cancelled')
        return `has item ${position} failed, whose run has succeeded`;
      const isBarred = upstreamOf(item, backfill, mirror.scenario).some(bars);
      // One whose time another backfill had, when its way was free again, waits for a person to try it again.
      if (state === 'blocked' && !isBarred && backfill.state !== 'cancelled' && !isShared(backfill, item))
        return `has item ${position} blocked, and nothing bars it`;
    }
    if (backfill.state === 'done' && !isSettled(backfill)) return 'is done, and not all of it is';
    return undefined;
  }

  function isShared(backfill: BackfillFacts, { workflowId, businessTime }: ItemFacts): boolean {
    const others = [...backfills.values()].filter((other) => other !== backfill);
    return others.some(({ items }) =>
      items.some((one) => one.workflowId === workflowId && one.businessTime === businessTime),
    );
  }

  /** Nothing is missing: what could start does. */
  function idle(backfill: BackfillFacts): string | undefined {
    const { items, parallelism, hold } = backfill;
    if (isSettled(backfill)) return 'is not said to be done';
    const all = [...backfills.values()].reduce((sum, one) => sum + runningOf(one), 0);
    if (runningOf(backfill) >= parallelism || all >= most) return undefined;
    for (const item of items) {
      if (item.state !== 'waiting' || offline.has(item.workflowId)) continue;
      const upstream = upstreamOf(item, backfill, mirror.scenario);
      if (upstream.every(lets)) return `does not start item ${item.position}, and nothing is in the way`;
      if (upstream.some(bars)) return `has item ${item.position} wait, which is barred`;
    }
    return runningOf(backfill) === 0 && hold === null ? 'starts nothing, and does not say why' : undefined;
  }
}
