/** Counts of runs over time as bars: one for each span, also for those without runs. Pure. */
import type { OverviewView } from '@vaquita/client';
import { FAMILIES, type Family, familyOf } from '#lib/state/families.ts';

export interface Bar {
  /** Epoch ms of its begin. */
  readonly at: number;
  readonly total: number;
  /** In the order of the families, without those of which there are none. */
  readonly parts: readonly { readonly family: Family; readonly count: number }[];
}

/** Spans that are taken together, so that no more bars stand side by side than can be told apart. */
const MOST_BARS = 48;

export function barsOf(
  { every, items }: NonNullable<OverviewView['perSpan']>,
  since: number,
  now: number,
): { readonly bars: readonly Bar[]; readonly barMs: number } {
  const spanMs = every === '5m' ? 300_000 : 3_600_000;
  const barMs = spanMs * Math.max(1, Math.ceil((now - since) / spanMs / MOST_BARS));
  const first = since - (since % barMs);
  const bars = Array.from({ length: Math.floor((now - first) / barMs) + 1 }, (_, i) => ({
    at: first + i * barMs,
    counts: new Map<Family, number>(),
  }));
  for (const { at, state, count } of items) {
    const counts = bars[Math.floor((Date.parse(at) - first) / barMs)]?.counts;
    const family = familyOf(state);
    counts?.set(family, (counts.get(family) ?? 0) + count);
  }
  return {
    barMs,
    bars: bars.map(({ at, counts }) => {
      const parts = FAMILIES.flatMap((family) => {
        const count = counts.get(family) ?? 0;
        return count === 0 ? [] : [{ family, count }];
      });
      return { at, parts, total: parts.reduce((sum, { count }) => sum + count, 0) };
    }),
  };
}
