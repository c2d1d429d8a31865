/**
 * How far a worker's clock is from ours, by the times it tells. What lies between two clocks and is not distance is the
 * time a message was under way, which only makes a worker's clock seem to be late: of the newest few readings the one
 * that seems least late is the best. Nothing is put in order by a worker's clock.
 */
import type { Clock } from '@vaquita/core';
import { CLOCK_SKEW_WARN_MS } from '@vaquita/protocol';

/** Readings that are looked at: a clock that is set is believed after as many heartbeats. */
const READINGS = 3;

export interface WorkerClock {
  /** The worker's clock showed this when it said so, just now. Undefined: it does not tell. */
  read(at: number | undefined): void;
  /** Positive: its clock is ahead. Null: not known. */
  readonly skewMs: number | null;
  /** So far that people are warned. */
  readonly isFarOff: boolean;
  /** A moment by the worker's clock as one by ours. Near clocks are taken for one. */
  toOurs(at: number): number;
}

/** Below this, what is measured is the line and not the clocks. */
const NEAR_MS = 1_000;

export function createWorkerClock(clock: Pick<Clock, 'now'>): WorkerClock {
  const readings: number[] = [];

  function skew(): number | null {
    return readings.length === 0 ? null : Math.max(...readings);
  }

  return {
    read(at) {
      if (at === undefined) return;
      readings.push(at - clock.now());
      if (readings.length > READINGS) readings.shift();
    },
    get skewMs() {
      return skew();
    },
    get isFarOff() {
      return Math.abs(skew() ?? 0) > CLOCK_SKEW_WARN_MS;
    },
    toOurs(at) {
      const skewMs = skew() ?? 0;
      return Math.abs(skewMs) < NEAR_MS ? at : at - skewMs;
    },
  };
}
