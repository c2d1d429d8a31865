/** What the janitor has done: of one pass, and over the life of the server. */
import type { Purged } from '@vaquita/store';

export interface PassReport {
  readonly runs: number;
  readonly taskInstances: number;
  readonly logs: number;
  readonly logBytes: number;
  /** Events of runs and of no run. */
  readonly events: number;
  readonly commands: number;
  /** Records of fire times of schedules. */
  readonly fires: number;
  /** Records of what triggers have noticed. */
  readonly firings: number;
  /** Backfills and items of them. */
  readonly backfills: number;
  readonly audit: number;
  /** Runs that were due and could not be removed now: they are tried again in the next pass. */
  readonly left: number;
  /** Given back to the file system. */
  readonly freedBytes: number;
}

export type PassCount = keyof PassReport;

export interface PassStatus extends PassReport {
  readonly startedAt: number;
  /** Null: it is under way. */
  readonly endedAt: number | null;
  /** Why it ended before its time; the next pass goes on. */
  readonly error: string | null;
}

export const COUNT_OF: Readonly<Record<Purged, PassCount>> = {
  ...{ events: 'events', commands: 'commands', fires: 'fires', firings: 'firings', audit: 'audit' },
  ...{ watchers: 'firings', things: 'firings' },
  ...{ backfillItems: 'backfills', backfills: 'backfills' },
};

export interface CleaningCounts {
  add(what: PassCount, count: number): void;
  /** Since this process has started. */
  report(): PassReport;
}

const NOTHING: PassReport = Object.freeze({
  ...{
    runs: 0,
    taskInstances: 0,
    logs: 0,
    logBytes: 0,
    events: 0,
    commands: 0,
    fires: 0,
    firings: 0,
    backfills: 0,
    audit: 0,
    left: 0,
    freedBytes: 0,
  },
});

export function createCleaningCounts(): CleaningCounts {
  const counts: Record<PassCount, number> = { ...NOTHING };
  return {
    add(what, count) {
      counts[what] += count;
    },
    report: () => ({ ...counts }),
  };
}
