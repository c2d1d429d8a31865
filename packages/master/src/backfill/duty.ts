/**
 * The duty that works on backfills, for as long as this server leads. It keeps nothing that a crash could lose: rows say what runs,
 * what waits, and for what.
 *
 * B1 Every item that is not skipped gets its run once per try: the run is filed in the unit that has the item run, and that unit is
 *    written only while the item waits, whoever else tries and whatever answer was lost.
 * B2 A run is filed only while its backfill runs and is as it was read: what a person decides holds from the moment it is written.
 * B3 No more runs at once than the parallelism of the backfill, and no more than the limit of all backfills together, counted from rows.
 * B4 An item starts when all that it waits for has succeeded or is skipped, and is blocked when that is not possible any more.
 * B5 The end of an item is the end of its run as the rows have it. A failed run that succeeds after all makes its item a success and
 *    frees what that had blocked, also when the backfill was done.
 * B6 What is known of items in memory is thrown away when a write fails or the backfill has been changed: rows win.
 * B7 A term that is over writes nothing: every unit is guarded by the epoch.
 * B8 While runs wait for room, because of the limits of the server or of projects, none is added.
 */
import { type Clock, type Epoch, type TimerHandle, toAppError } from '@vaquita/core';
import type { LeaderDuty } from '../master.ts';
import { createBell } from './bell.ts';
import { type BackfillCounts, createBackfillCounts } from './counts.ts';
import { createRound, type RoundDeps } from './round.ts';
import { BACKFILL_DEFAULTS, type BackfillSettings } from './settings.ts';

export interface BackfillDuty extends LeaderDuty {
  /** Hint: something has changed that may concern backfills. */
  nudge(): void;
  status(): BackfillDutyStatus;
}

export interface BackfillDutyStatus {
  /** Null: it does not work here. */
  readonly epoch: Epoch | null;
  /** Since this process began. */
  readonly counts: BackfillCounts;
}

export interface BackfillDutyDeps extends Omit<RoundDeps, 'epoch' | 'settings' | 'counts' | 'isOver' | 'clock'> {
  readonly clock: Clock;
  readonly settings?: Partial<BackfillSettings>;
}

interface Term {
  readonly epoch: Epoch;
  nudge(): void;
  end(): Promise<void>;
}

export function createBackfillDuty(deps: BackfillDutyDeps): BackfillDuty {
  const settings: BackfillSettings = Object.freeze({ ...BACKFILL_DEFAULTS, ...deps.settings });
  const { clock, log } = deps;
  const counts = createBackfillCounts();
  let term: Term | undefined;
  let ended: Promise<void> = Promise.resolve();

  return {
    begin(epoch) {
      ended = term?.end() ?? ended;
      term = openTerm(epoch);
    },
    async end() {
      const ending = term;
      term = undefined;
      if (ending) ended = ending.end();
      await ended;
    },
    nudge: () => term?.nudge(),
    status: () => ({ epoch: term?.epoch ?? null, counts: counts.report() }),
  };

  function openTerm(epoch: Epoch): Term {
    const [news, end] = [createBell(clock), createBell(clock)];
    let over = false;
    let failures = 0;
    const round = createRound({ ...deps, epoch, settings, counts, isOver: () => over });
    const rounds = run();

    async function run(): Promise<void> {
      while (!over) {
        const began = clock.now();
        let isBusy = true;
        try {
          isBusy = await round.go();
          failures = 0;
        } catch (error) {
          failures += 1;
          round.forget();
          if (toAppError(error).code === 'fenced') {
            if (!over) log.warn('Another server leads; backfills are left to it.', { epoch });
            over = true;
          } else if (!over) {
            log.error('Backfills could not be worked on; trying again.', { error: toAppError(error).message });
          }
        }
        if (!over) await rest(began, isBusy);
      }
    }

    /** Until there is reason to look again, but at least for the pause that there is between two looks. */
    async function rest(began: number, isBusy: boolean): Promise<void> {
      if (failures === 0) await news.wait(settings.pollMs);
      const usual = isBusy ? settings.lookMs : settings.idleLookMs;
      const pauseMs = failures === 0 ? usual : Math.min(settings.idleLookMs * 2 ** failures, settings.pollMs);
      const left = began + pauseMs - clock.now();
      // A clock that was put back must not make this long.
      if (!over && left > 0) await end.wait(Math.min(left, pauseMs));
    }

    return {
      epoch,
      nudge: news.ring,
      async end() {
        over = true;
        for (const bell of [news, end]) bell.ring();
        await settled(rounds);
      },
    };
  }

  /** A round that hangs in the database must not keep the lease from going on. */
  async function settled(rounds: Promise<void>): Promise<void> {
    const grace = Promise.withResolvers<void>();
    const timer: TimerHandle = clock.setTimeout(grace.resolve, settings.graceMs);
    await Promise.race([rounds, grace.promise]);
    clock.clearTimeout(timer);
  }
}
