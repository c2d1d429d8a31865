/** How the leader works on backfills. Durations in milliseconds. */
export interface BackfillSettings {
  /** Runs of all backfills together. */
  readonly maxRunning: number;
  /** Between two looks, however often it is told to look; and while nothing is to be done. */
  readonly lookMs: number;
  readonly idleLookMs: number;
  /** It looks this often without being told. */
  readonly pollMs: number;
  /** Failed items are held against their runs this often: somebody may have recovered one. */
  readonly recoveredMs: number;
  /** For so long the end of a term waits for what is being written. */
  readonly graceMs: number;
  /** Backfills that are looked at, the oldest first, and items that one unit changes. */
  readonly atOnce: number;
  readonly itemsAtOnce: number;
}

export const BACKFILL_DEFAULTS: BackfillSettings = Object.freeze({
  maxRunning: 16,
  lookMs: 50,
  idleLookMs: 500,
  pollMs: 5_000,
  recoveredMs: 30_000,
  graceMs: 5_000,
  atOnce: 500,
  itemsAtOnce: 500,
});
