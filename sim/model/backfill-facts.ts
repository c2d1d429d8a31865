/** What the model is told of backfills, and its own reckoning of what belongs to them and what waits for what. */
import type { BackfillItemRow, BackfillRow } from '@vaquita/core';
import type { BackfillSpec, Scenario } from '../scenario/scenario.ts';
import type { NewRunFact } from './facts.ts';

export type ItemState = BackfillItemRow['state'];

export interface ItemFacts {
  readonly position: number;
  readonly workflow: string;
  readonly workflowId: string;
  readonly businessTime: number;
  state: ItemState;
  /** Runs that were started for it, the newest last. */
  readonly runs: string[];
}

export interface BackfillFacts {
  readonly id: string;
  readonly spec: BackfillSpec;
  state: BackfillRow['state'];
  revision: number;
  parallelism: number;
  hold: BackfillRow['hold'];
  readonly items: readonly ItemFacts[];
}

/** A unit that has an item run. */
export interface StartedItemFact {
  readonly backfill: Pick<BackfillRow, 'id' | 'revision'>;
  readonly position: number;
  readonly filing: NewRunFact;
}

export interface ItemChangeFact {
  readonly backfillId: string;
  readonly position: number;
  readonly to: ItemState;
  readonly reason: string | null;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export function businessTimesOf({ times }: BackfillSpec, startedAt: number): readonly number[] {
  const today = Math.floor(startedAt / DAY_MS) * DAY_MS;
  return times.map(([daysAgo, hour]) => today - daysAgo * DAY_MS + hour * HOUR_MS);
}

/** The workflow that is asked for, and whoever asks about one of them. */
export function membersOf({ workflow, dependents }: BackfillSpec, { workflows }: Scenario): ReadonlySet<string> {
  const members = new Set([workflow]);
  for (let size = 0; dependents && size < members.size; ) {
    size = members.size;
    for (const { name } of workflows) if (asks(name, { workflows }).some((one) => members.has(one))) members.add(name);
  }
  return members;
}

/** What its dependent tasks ask about, each the day of the run; those that are disabled ask nothing. */
function asks(workflow: string, { workflows }: Pick<Scenario, 'workflows'>): readonly string[] {
  const { tasks } = workflows.find(({ name }) => name === workflow) ?? { tasks: [] };
  return tasks.flatMap(({ kind, enabled }) => (enabled && kind.type === 'dependent' ? [kind.workflow] : []));
}

/** B4: items of the same day, of what its workflow asks about. */
export function upstreamOf(item: ItemFacts, { items }: BackfillFacts, scenario: Scenario): readonly ItemFacts[] {
  const wanted = asks(item.workflow, scenario);
  const day = Math.floor(item.businessTime / DAY_MS);
  return items.filter(
    ({ workflow, businessTime }) => wanted.includes(workflow) && Math.floor(businessTime / DAY_MS) === day,
  );
}

export const isHeldItem = ({ state }: Pick<ItemFacts, 'state'>): boolean => state === 'waiting' || state === 'running';
export const lets = ({ state }: ItemFacts): boolean => state === 'success' || state === 'skipped';
export const bars = ({ state }: ItemFacts): boolean => !lets({ state } as ItemFacts) && !isHeldItem({ state });
