/** What triggers of the kind `file` know of the world: who looks for them, and which things are nothing new. */
import type { Epoch, TriggerFiringRow, TriggerId, TriggerThingRow, TriggerWatcherRow } from '@vaquita/core';
import type { FireAnswer, TriggerFire, TriggerRevision } from './triggers.ts';

export interface WatchReader {
  /** Of each trigger, in the order in which they began to look; also those that have yet to begin anew. */
  watchers(ids: readonly TriggerId[]): Promise<readonly TriggerWatcherRow[]>;
  /** Which of the things a trigger knows, whoever does. */
  known(id: TriggerId, keys: readonly string[]): Promise<readonly TriggerThingRow[]>;
  /** How many things each trigger knows, counted up to `most`; those that know none are left out. */
  knownCounts(ids: readonly TriggerId[], most: number): Promise<ReadonlyMap<TriggerId, number>>;
}

/** The end of a look. */
export interface LookEnd extends Pick<TriggerWatcherRow, 'watcher' | 'since' | 'firstAt' | 'lookedAt' | 'problem'> {
  readonly trigger: TriggerRevision;
  /** Of a first look, that it has been: in the same unit. */
  readonly firing: TriggerFiringRow | null;
}

/** What the leader's duty asks. Writes name the epoch. @throws AppError `fenced` */
export interface WatchQueue extends Pick<WatchReader, 'watchers' | 'known'> {
  /**
   * Somebody begins to look: for the first time, or anew when the trigger has begun anew. Who has begun already stays as he is.
   * @returns null when the trigger is not online any more as it was read.
   */
  join(
    epoch: Epoch,
    trigger: TriggerRevision,
    who: Pick<TriggerWatcherRow, 'watcher' | 'lookedAt'>,
  ): Promise<TriggerWatcherRow | null>;
  /**
   * Things that are there are known from now on to watchers of this number and later ones, and to whom they were known before.
   * @returns false when the trigger is not online any more as it was read: nothing is written.
   */
  know(
    epoch: Epoch,
    trigger: TriggerRevision,
    things: { readonly keys: readonly string[]; readonly knownFrom: number; readonly at: number },
  ): Promise<boolean>;
  /** @returns false when the watcher has begun anew meanwhile, or the trigger is not as it was read and there is a firing. */
  looked(epoch: Epoch, end: LookEnd): Promise<boolean>;
  /** As `TriggerStore.fire`; a thing whose run is started is known to everybody from then on, in the same unit. */
  fire(epoch: Epoch, fire: TriggerFire): Promise<FireAnswer>;
}
