/**
 * A duty that is done in rounds for as long as this server leads: one after the other, when something is due, when somebody nudges,
 * and now and then in any case.
 *
 * R1 One round at a time, and none after the end of the term; a nudge during a round has another one follow.
 * R2 A round that fails is tried again with growing pauses, which are never longer than the poll and which no nudge cuts short.
 * R3 Nothing relies on the clock growing: a sleep ends by elapsed time after the poll at the latest, whatever the clock says then.
 * R4 Who learns that another server leads ends by itself.
 * R5 However many nudges come, rounds keep the distance from each other that the duty asks for. The end of the term waits for no pause.
 */
import { type Clock, type Epoch, toAppError } from '@vaquita/core';
import type { LeaderDuty } from '../master.ts';
import type { Logger } from '../settings.ts';
import { createBell } from './bell.ts';

export interface RoundsTerm {
  readonly epoch: Epoch;
  /** Whatever is begun after that is in vain: its writing is refused. */
  isOver(): boolean;
}

export interface RoundsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** What the rounds deal with, as the log says it: `Schedules`. */
  readonly what: string;
  readonly pollMs: number;
  /** The first pause after a round that failed; it doubles. */
  readonly retryMs?: number;
  /** How long the end of a term waits for a round that hangs. */
  readonly graceMs?: number;
  /** At least so much lies between the beginnings of two rounds; asked after each of them. Nothing unless told. */
  readonly distanceMs?: () => number;
  /** A term begins: what is remembered of the one before holds no more. */
  readonly begun?: (term: RoundsTerm) => void;
  /** @returns when the next round is wanted at the latest, in epoch milliseconds; the poll comes before it anyway. */
  round(term: RoundsTerm): Promise<number>;
}

export interface Rounds extends LeaderDuty {
  /** Hint: look now. Of no effect while this server does not lead. */
  nudge(): void;
  /** Null: this server does not lead. */
  readonly epoch: Epoch | null;
}

interface Running extends RoundsTerm {
  nudge(): void;
  stop(): void;
  readonly done: Promise<void>;
}

const RETRY_MS = 250;
const GRACE_MS = 2_000;

export function createRounds(deps: RoundsDeps): Rounds {
  const { clock, log, what, pollMs, retryMs = RETRY_MS, graceMs = GRACE_MS } = deps;
  let running: Running | undefined;
  let ended: Promise<void> = Promise.resolve();

  function open(epoch: Epoch): Running {
    const [news, stopped] = [createBell(clock), createBell(clock)];
    let over = false;
    const term: RoundsTerm = { epoch, isOver: () => over };

    async function run(): Promise<void> {
      let failures = 0;
      while (!over) {
        const began = clock.now();
        news.hush();
        try {
          const nextAt = await deps.round(term);
          failures = 0;
          await news.wait(Math.min(nextAt - clock.now(), pollMs));
          await keepDistance(began);
        } catch (error) {
          const { code, message } = toAppError(error);
          if (code === 'fenced') {
            if (!over) log.warn(`Another server leads; ${what.toLowerCase()} are left to it.`, { epoch });
            over = true;
            return;
          }
          if (over) return;
          log.error(`${what} could not be dealt with; trying again.`, { error: message });
          await stopped.wait(Math.min(retryMs * 2 ** Math.min(failures, 20), pollMs));
          failures += 1;
        }
      }
    }

    /** R5. A clock that was put back does not make it long (R3). */
    async function keepDistance(began: number): Promise<void> {
      const distanceMs = deps.distanceMs?.() ?? 0;
      const left = Math.min(began + distanceMs - clock.now(), distanceMs);
      if (left > 0 && !over) await stopped.wait(left);
    }

    deps.begun?.(term);
    return {
      ...term,
      nudge: news.ring,
      stop() {
        over = true;
        for (const bell of [news, stopped]) bell.ring();
      },
      done: run(),
    };
  }

  /** A round that hangs in the database must not keep the lease from going on. */
  async function end({ stop, done }: Running): Promise<void> {
    stop();
    const grace = Promise.withResolvers<void>();
    const timer = clock.setTimeout(grace.resolve, graceMs);
    await Promise.race([done, grace.promise]);
    clock.clearTimeout(timer);
  }

  return {
    begin(epoch) {
      if (running) ended = end(running);
      running = open(epoch);
    },
    async end() {
      const ending = running;
      running = undefined;
      if (ending) ended = end(ending);
      await ended;
    },
    nudge: () => running?.nudge(),
    get epoch() {
      return running?.epoch ?? null;
    },
  };
}
