/** What the duty has done since this process began. */
const NAMES = ['started', 'succeeded', 'failed', 'blocked', 'recovered', 'done'] as const;
export type BackfillCount = (typeof NAMES)[number];
export type BackfillCounts = Readonly<Record<BackfillCount, number>>;

export interface BackfillCounter {
  add(what: BackfillCount, count?: number): void;
  report(): BackfillCounts;
}

export function createBackfillCounts(): BackfillCounter {
  const counts = Object.fromEntries(NAMES.map((name) => [name, 0])) as Record<BackfillCount, number>;
  return {
    add(what, count = 1) {
      counts[what] += count;
    },
    report: () => ({ ...counts }),
  };
}
