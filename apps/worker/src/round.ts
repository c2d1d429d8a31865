/**
 * Which server of the list is tried next, and after which pause: one after the other without a pause, and after the last
 * a pause that grows with each round in which nobody answered.
 */
import type { Random } from '@vaquita/core';
import { reconnectDelayMs } from './backoff.ts';

export interface Round {
  /** To be tried now. */
  readonly url: string;
  /**
   * For how long, in milliseconds. A server that stands still is connected to by its system, and never answers: as long as there
   * are others to ask it gets little time, and all the time that a slow network may need when nobody else has answered.
   */
  readonly connectWithinMs: number;
  /**
   * It led to a session, which has ended: it is tried again first. One that has fallen silent would take its time to
   * answer, if it does at all, and comes last. @returns the pause before the next try, in milliseconds.
   */
  began(ended: 'heard' | 'silent'): number;
  /**
   * It did not answer, or does not lead and has asked to come back after `retryAfterMs`: the next one's turn.
   * @returns the pause before that, in milliseconds.
   */
  missed(retryAfterMs: number | null, random: Pick<Random, 'next'>): number;
}

const HASTY_MS = 3_000;
const PATIENT_MS = 10_000;

export function createRound(urls: readonly string[]): Round {
  let at = 0;
  let tried = 0;
  let rounds = 0;
  /** No round has gone by since the last session. */
  let isFirst = true;
  /** What servers of this round have asked for: they are there, and soon one of them leads. */
  let asked: number | null = null;

  return {
    get url() {
      return urls[at]!;
    },
    get connectWithinMs() {
      return isFirst && urls.length > 1 ? HASTY_MS : PATIENT_MS;
    },
    began(ended) {
      if (ended === 'silent') at = (at + 1) % urls.length;
      [tried, rounds, asked] = [0, 0, null];
      isFirst = true;
      return 0;
    },
    missed(retryAfterMs, random) {
      at = (at + 1) % urls.length;
      tried += 1;
      if (retryAfterMs !== null) asked = Math.min(retryAfterMs, asked ?? retryAfterMs);
      if (tried < urls.length) return 0;
      isFirst = false;
      rounds = asked === null ? rounds + 1 : 0;
      const delayMs = asked ?? reconnectDelayMs(rounds, random);
      [tried, asked] = [0, null];
      return delayMs;
    },
  };
}
