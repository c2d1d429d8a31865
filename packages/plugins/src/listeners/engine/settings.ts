/** How listeners are served. Durations in milliseconds. */
export interface ListenerSettings {
  /** For one event at one instance. */
  readonly timeoutMs: number;
  /** What all wanted to hear have heard is kept so long. */
  readonly keepMs: number;
  /** People are told when events that wait take more. */
  readonly maxBytes: number;
  /** And when one event has blocked an instance for so long. */
  readonly blockedMs: number;
  /** From one look at the record and at the instances to the next, where nothing has told of a change. */
  readonly pollMs: number;
  /** Between two looks at the record, at least: more is read at once then. */
  readonly pauseMs: number;
  /** Rows of the record that are looked at in one step. */
  readonly page: number;
  /** From one look at what is kept to the next. */
  readonly upkeepMs: number;
  /** Pause after the first failure; it doubles with each, up to the last. */
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

export const LISTENER_DEFAULTS: ListenerSettings = Object.freeze({
  timeoutMs: 30_000,
  keepMs: 7 * 86_400_000,
  maxBytes: 256 * 1024 * 1024,
  blockedMs: 300_000,
  pollMs: 5_000,
  pauseMs: 100,
  page: 500,
  upkeepMs: 60_000,
  firstRetryMs: 1_000,
  lastRetryMs: 300_000,
});

/** How long to wait after so many tries of one event, with up to a fifth taken off by chance. */
export function retryPauseMs(
  attempt: number,
  { firstRetryMs, lastRetryMs }: Pick<ListenerSettings, 'firstRetryMs' | 'lastRetryMs'>,
  chance: number,
): number {
  const pause = Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(pause * (1 - chance / 5));
}
