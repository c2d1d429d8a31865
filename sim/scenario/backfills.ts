/** Backfills of a world, as plain data. Times are ms since the world began, but for business times. */
import type { BackfillOrder } from '@vaquita/core';

export interface BackfillSpec {
  readonly name: string;
  readonly workflow: string;
  /** With the workflows whose dependent tasks ask about it, and so on. */
  readonly dependents: boolean;
  readonly times: readonly BusinessTime[];
  readonly order: BackfillOrder;
  readonly parallelism: number;
  /** What has succeeded already is not run again. */
  readonly gaps: boolean;
}

/** An hour of a day of UTC, so many days before the one on which the world began. */
export type BusinessTime = readonly [daysAgo: number, hour: number];

/** Runs of all backfills at once. */
export const MAX_BACKFILL_RUNS = 3;

/** What people do about backfills and their runs. */
export type BackfillOperation =
  | {
      readonly do: 'backfill';
      readonly backfill: string;
      readonly what: 'create' | 'pause' | 'resume' | 'cancel' | 'retry' | 'describe';
    }
  | { readonly do: 'backfill_parallelism'; readonly backfill: string; readonly parallelism: number }
  /** To whatever runs of it go on, or have failed, by then. */
  | { readonly do: 'backfill_runs'; readonly backfill: string; readonly order: 'stop' | 'recover_failed' };
