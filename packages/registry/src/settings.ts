/** How often the server part of the registry looks, reads and clears away. Durations in milliseconds. */
import type { Retention } from './registry-store.ts';

export interface RegistrySettings extends Retention {
  /** How often clients are looked at of whom one is young or was late; nobody is looked at more often. */
  readonly fastLookMs: number;
  /** How often settled clients are looked at, unless half the shortest session timeout is shorter. */
  readonly slowLookMs: number;
  /** How often new events are asked for while there are other servers that may write some. */
  readonly eventPollMs: number;
  readonly eventPage: number;
  readonly purgeIntervalMs: number;
  /** Whoever waits for a lock tries again after so long, should no event tell that it is free. */
  readonly lockPollMs: number;
  /** A listener that failed gets the same event again after so long; twice as long each time, up to the second. */
  readonly listenerRetryMs: number;
  readonly listenerRetryCapMs: number;
}

export const REGISTRY_DEFAULTS: RegistrySettings = Object.freeze({
  fastLookMs: 1_000,
  slowLookMs: 60_000,
  eventPollMs: 1_000,
  eventPage: 500,
  purgeIntervalMs: 600_000,
  keepMs: 2 * 3_600_000,
  keepAtMostMs: 24 * 3_600_000,
  lockPollMs: 5_000,
  listenerRetryMs: 1_000,
  listenerRetryCapMs: 60_000,
});

/** What the registry says to whoever operates it. */
export interface RegistryLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
