/**
 * A duty that is done in rounds for as long as this server leads: one after the other, when something is due, when somebody nudges,
 * and now and then in any case.
 *
 * R1 One round at a time, and none after the end of the term; a nudge during a round has another one follow.
 * R2 A round that fails is tried again with growing pauses, which are never longer than the poll.
 * R3 Nothing relies on the clock growing: a sleep ends by elapsed time after the poll at the latest, whatever the clock says then.
 * R4 Who learns that another server leads ends by itself.
 */
import { type Clock, type Epoch, type TimerHandle, toAppError } from '@vaquita/core';
import type { LeaderDuty } from '../master.ts';
import type { Logger } from '../settings.ts';

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
  /** A term begins: what is remembered of the one before holds no more. */
  readonly begun?: () => void;
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
    let over = false;
    let isNudged = false;
    let wake: (() => void) | undefined;
    const term: RoundsTerm = { epoch, isOver: () => over };

    function ring(): void {
      isNudged = true;
      wake?.();
    }

    async function sleepUntil(at: number): Promise<void> {
      if (isNudged || over) return;
      let timer: TimerHandle;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = clock.setTimeout(resolve, Math.max(0, Math.min(at - clock.now(), pollMs)));
      });
      clock.clearTimeout(timer);
      wake = undefined;
    }

    async function run(): Promise<void> {
      let failures = 0;
      while (!over) {
        isNudged = false;
        let nextAt: number;
        try {
          nextAt = await deps.round(term);
          failures = 0;
        } catch (error) {
          const { code, message } = toAppError(error);
          if (code === 'fenced') {
            if (!over) log.warn(`Another server leads; ${what.toLowerCase()} are left to it.`, { epoch });
            over = true;
            return;
          }
          nextAt = clock.now() + Math.min(retryMs * 2 ** Math.min(failures, 20), pollMs);
          failures += 1;
          isNudged = false;
          if (!over) log.error(`${what} could not be dealt with; trying again.`, { error: message });
        }
        await sleepUntil(nextAt);
      }
    }

    deps.begun?.();
    return {
      ...term,
      nudge: ring,
      stop() {
        over = true;
        ring();
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
