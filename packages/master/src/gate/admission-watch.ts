/**
 * Tells people when runs have been waiting for room for long, once each time, and when none waits any more. Overload heals
 * by itself; that it lasts is for a person to know.
 */
import { type Clock, type Epoch, type IdSource, type NewAlert, toAppError } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import { commitOf } from '../recovery/commit-of.ts';
import type { Logger } from '../settings.ts';
import { admissionClosed, admissionOpen } from '../system/cluster-alerts.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';

export interface AdmissionWatchDeps {
  readonly store: Pick<MasterStore, 'commit'>;
  readonly epoch: Epoch;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: IdSource;
  readonly timers: Pick<TimerQueue, 'after'>;
  readonly log: Logger;
  /** Runs that wait for room on the server or in their project, now; null: not all open runs have been taken over yet. */
  readonly waiting: () => number | null;
  /** For so long in one go runs may wait before people are told, in milliseconds. */
  readonly patienceMs: number;
  /** True, and the end of the term, when the error says that somebody else leads. */
  readonly endWhenFenced: (error: unknown) => boolean;
}

/** Looks are so far apart, in milliseconds. */
const LOOK_MS = 5_000;

export function watchAdmission(deps: AdmissionWatchDeps): void {
  const { epoch, clock, ids } = deps;
  let since: number | null = null;
  let told = false;
  /** The term before may have told: that none waits any more is written where it has. */
  let mayHaveBeenTold = true;

  async function look(): Promise<void> {
    const waiting = deps.waiting();
    if (waiting === null) return;
    const now = clock.now();
    if (waiting === 0) {
      since = null;
      if ((told || mayHaveBeenTold) && (await file(admissionOpen({ ids, now })))) told = mayHaveBeenTold = false;
    } else {
      since ??= now;
      if (!told && now - since >= deps.patienceMs) told = await file(admissionClosed({ now, since, waiting, epoch }));
    }
  }

  /** What cannot be written is tried again at the next look. */
  async function file(alert: NewAlert): Promise<boolean> {
    try {
      await deps.store.commit(epoch, commitOf({ newAlerts: [alert] }));
      return true;
    } catch (error) {
      if (!deps.endWhenFenced(error))
        deps.log.warn('That runs wait for room could not be told.', { error: toAppError(error).message });
      return false;
    }
  }

  function lookLater(): void {
    deps.timers.after('how long runs wait for room', LOOK_MS, () => void look().then(lookLater));
  }

  lookLater();
}
