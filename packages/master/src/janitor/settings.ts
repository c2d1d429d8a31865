/** What the janitor keeps, and how gently it works. Durations in milliseconds. */
import type { RetentionPolicy } from '@vaquita/store';

export interface JanitorSettings {
  readonly policy: RetentionPolicy;
  /** How long the audit log is kept; null: for good. */
  readonly keepAuditMs: number | null;
  /** From the end of one pass to the begin of the next. */
  readonly everyMs: number;
  /** From one look for logs and files without a run to the next; the first is the first pass of a term. */
  readonly sweepEveryMs: number;
  /** Between two units of work: others write meanwhile. */
  readonly pauseMs: number;
  /** Rows that one unit removes, about. */
  readonly rowsAtOnce: number;
  /** Free pages that one unit gives back. */
  readonly pagesAtOnce: number;
}

const DAY_MS = 86_400_000;

export const JANITOR_DEFAULTS: JanitorSettings = Object.freeze({
  policy: Object.freeze({ keepMs: 90 * DAY_MS, keepRuns: 10_000, keepAtLeast: 10 }),
  keepAuditMs: 730 * DAY_MS,
  everyMs: 600_000,
  sweepEveryMs: DAY_MS,
  pauseMs: 100,
  rowsAtOnce: 500,
  pagesAtOnce: 250,
});

/** Commands that are done, and events of no run, are kept so long where runs are kept for good. */
export const KEEP_RECORDS_MS = 90 * DAY_MS;

/** The least for what triggers have noticed: a delivery that was forgotten while its signature is good could be sent again. */
export const KEEP_FIRINGS_MS = DAY_MS;

/** The least for files that are not there any more: what is still there is noted once a day. */
export const KEEP_THINGS_MS = 7 * DAY_MS;
