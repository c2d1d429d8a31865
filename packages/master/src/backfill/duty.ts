/**
 * The duty that works on backfills, for as long as this server leads. It keeps nothing that a crash could lose: rows say what runs,
 * what waits, and for what.
 *
 * B1 Every item that is not skipped gets its run once per try: the run is filed in the unit that has the item run, and that unit is
 *    written only while the item waits, whoever else tries and whatever answer was lost.
 * B2 A run is filed, and an item is blocked, only while the backfill is as it was read, and runs: what a person decides holds from the
 *    moment it is written.
 * B3 No more runs at once than the parallelism of the backfill, and no more than the limit of all backfills together, counted from rows.
 * B4 An item starts when all that it waits for has succeeded or is skipped, and is blocked when that is not possible any more. When it is
 *    again, because somebody has had a failed item tried again, the blocked one waits.
 * B5 The end of an item is the end of its run as the rows have it. A failed run that succeeds after all makes its item a success and
 *    frees what that had blocked, also when the backfill was done.
 * B6 What is known of items in memory is thrown away when a write fails or the backfill has been changed: rows win.
 * B7 A term that is over writes nothing: every unit is guarded by the epoch.
 * B8 While runs wait for room, because of the limits of the server or of projects, none is added.
 */
import type { Clock, Epoch } from '@vaquita/core';
import { createRounds } from '../duties/rounds.ts';
import type { LeaderDuty } from '../master.ts';
import { type BackfillCounts, createBackfillCounts } from './counts.ts';
import { createRound, type Round, type RoundDeps } from './round.ts';
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

export function createBackfillDuty(deps: BackfillDutyDeps): BackfillDuty {
  const settings: BackfillSettings = Object.freeze({ ...BACKFILL_DEFAULTS, ...deps.settings });
  const { clock, log } = deps;
  const counts = createBackfillCounts();
  let round: Round;
  let isBusy = true;

  const rounds = createRounds({
    ...{ clock, log, what: 'Backfills', pollMs: settings.pollMs, graceMs: settings.graceMs },
    retryMs: 2 * settings.idleLookMs,
    distanceMs: () => (isBusy ? settings.lookMs : settings.idleLookMs),
    begun({ epoch, isOver }) {
      round = createRound({ ...deps, epoch, settings, counts, isOver });
    },
    async round() {
      const { go, forget } = round;
      try {
        isBusy = await go();
      } catch (error) {
        forget();
        throw error;
      }
      return Number.POSITIVE_INFINITY;
    },
  });

  return {
    begin: rounds.begin,
    end: rounds.end,
    nudge: rounds.nudge,
    status: () => ({ epoch: rounds.epoch, counts: counts.report() }),
  };
}
