/** A worker as people have configured it: what they decided in the place of what it was started with. */
import type { WorkerDecision, WorkerFacts, WorkerRow, WorkerStanding } from '../ports/master.ts';

export function asConfigured(facts: WorkerFacts, standing: WorkerStanding | null): WorkerRow {
  const { slots, labels, weight } = facts;
  const own = { slots, labels, weight };
  const { slots: moreSlots, labels: newLabels, weight: newWeight } = standing?.overrides ?? {};
  return {
    ...facts,
    slots: moreSlots ?? slots,
    labels: newLabels ?? labels,
    weight: newWeight ?? weight,
    own,
    standing,
  };
}

export function isEvicted({ standing }: Pick<WorkerDecision, 'standing'>): boolean {
  return standing.availability === 'evicted';
}

export function evictedFirst(decisions: readonly WorkerDecision[]): readonly WorkerDecision[] {
  return [...decisions].sort((a, b) => Number(isEvicted(b)) - Number(isEvicted(a)) || (a.id < b.id ? -1 : 1));
}
