/** How alerts are taken up and sent. Durations in milliseconds. */
export interface AlertEngineSettings {
  /** An alert waits so long for others of its subject, which it then speaks for. */
  readonly holdMs: number;
  /** After one was taken up, what follows of its group, kind and subject within so long goes out as one. */
  readonly windowMs: number;
  readonly sendsAtOnce: number;
  readonly sendsPerChannel: number;
  /** Of the sends at once, those to channels that have not taken their last alert. */
  readonly sendsToUnproven: number;
  /** For one try. */
  readonly timeoutMs: number;
  /** A send that has not ended so long after its time limit is let go. */
  readonly marginMs: number;
  /** With this many tries in vain a delivery is over, until somebody has it sent again. */
  readonly maxAttempts: number;
  /** Before the second try; twice as long before each further one, up to the most, and half of it up to all of it by chance. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** However long the other side asks to be left alone. */
  readonly maxRetryAfterMs: number;
  /** Looks for alerts are at least so far apart, and without a hint at most so far. */
  readonly lookMs: number;
  readonly pollMs: number;
  /** Alerts that are read, or taken up, in one go. */
  readonly pageSize: number;
  readonly upkeepMs: number;
  /** Alerts that are over are kept so long; null: for ever. */
  readonly keepMs: number | null;
  /** What is removed in one go, or taken back. */
  readonly upkeepAtOnce: number;
  /** How long sends get to break off when the lead is over. */
  readonly graceMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

export const ALERT_ENGINE_DEFAULTS: AlertEngineSettings = {
  holdMs: 5_000,
  windowMs: 5 * MINUTE_MS,
  sendsAtOnce: 16,
  sendsPerChannel: 2,
  sendsToUnproven: 8,
  timeoutMs: 15_000,
  marginMs: 5_000,
  // About four hours in all.
  maxAttempts: 15,
  backoffMs: 5_000,
  maxBackoffMs: 30 * MINUTE_MS,
  maxRetryAfterMs: 60 * MINUTE_MS,
  lookMs: 1_000,
  pollMs: 15_000,
  pageSize: 200,
  upkeepMs: 30_000,
  keepMs: 90 * DAY_MS,
  upkeepAtOnce: 200,
  graceMs: 2_000,
};
