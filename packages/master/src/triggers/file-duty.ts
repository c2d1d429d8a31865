/**
 * Has workflows start for new files and objects, for as long as this server leads: has workers of the group look, at each look anew, and
 * starts a run for what is new. Rows say what is known; nothing in memory is needed but for how long something has been as it is.
 *
 * W1 A thing fires a trigger in one unit with the run it starts, and with the note that it is known, while the trigger is as it was read:
 *    all of it is written, or none. Whatever somebody changes meanwhile wins.
 * W2 A thing is known by what it is as it is. It starts one run, however often, by however many workers and under however many leaders
 *    it is found: the database refuses the second. What has been replaced is another thing.
 * W3 Enabling fires nothing. What somebody finds in his first look is known before that look counts, and one that was cut short is made
 *    again as a whole: there is no look between in which some of it would be new.
 * W4 A first look takes nothing from others: what one finds in it is still new to those who looked before him, if it came after theirs.
 * W5 A thing is acted on when a look that began `settledMs` after the end of the one that first found it as it is finds it so again, and
 *    every whole look between did. That is elapsed time of this server: no clock is believed, and another leader begins anew.
 * W6 A worker that is slow or cannot look holds up its trigger for the time it is given. So many triggers are looked for at once, and the
 *    others wait for their turn, no more; what a worker says is for people to see.
 * W7 A look that was cut short changes nothing of what is known: only who has seen all there is can say that something is gone.
 * W8 What cannot be started is on record with the reason, once, and is tried again with each look until it can.
 */
import type { Clock, Epoch, TriggerRow } from '@vaquita/core';
import type { FiringStore, TriggerQueue } from '@vaquita/store';
import { createRounds, type RoundsTerm } from '../duties/rounds.ts';
import type { LeaderDuty } from '../master.ts';
import type { FileLookDeps } from './file-look.ts';
import { type FileWatch, type FileWatchDeps, openFileWatch } from './file-watch.ts';
import type { FileTrigger } from './found-occasion.ts';
import { FILE_DUTY_DEFAULTS, type FileDutySettings } from './settings.ts';

export interface FileDutyDeps
  extends Omit<FileLookDeps, 'settings' | 'fired'>,
    Pick<FileWatchDeps, 'others' | 'log'>,
    Partial<Pick<FileWatchDeps, 'fired' | 'looked'>> {
  readonly triggers: Pick<TriggerQueue, 'online'>;
  readonly firings: Pick<FiringStore, 'find'>;
  readonly settings?: Partial<FileDutySettings>;
}

export interface FileDuty extends LeaderDuty {
  /** Hint: a trigger may have been changed. */
  nudge(): void;
  /** Things that have been found and not been acted on: they settle, or cannot be started. Null: this server does not lead. */
  waiting(): number | null;
}

export function createFileDuty(deps: FileDutyDeps): FileDuty {
  const { clock, log, triggers } = deps;
  const settings: FileDutySettings = Object.freeze({ ...FILE_DUTY_DEFAULTS, ...deps.settings });
  const turn = createTurns(settings.parallel);
  /** By trigger. */
  let watches = new Map<string, FileWatch>();
  let closing: Promise<unknown>[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let isWanted = true;
  let isFenced = false;

  const rounds = createRounds({
    ...{ clock, log, what: 'Files', pollMs: settings.pollMs, graceMs: settings.graceMs, round },
    begun() {
      closeAll();
      readAt = Number.NEGATIVE_INFINITY;
      isWanted = true;
      isFenced = false;
    },
  });

  function want(): void {
    if (isWanted) return;
    isWanted = true;
    rounds.nudge();
  }

  async function round(term: RoundsTerm): Promise<number> {
    const now = clock.now();
    const soonest = readAt + settings.rereadMs;
    // A clock that was set back must not put it off.
    if (now < soonest && now >= readAt) return soonest;
    readAt = now;
    isWanted = false;
    const rows = (await triggers.online('file')).filter(isFile);
    if (!term.isOver() && !isFenced) keepTo(rows, term.epoch);
    return isWanted ? readAt + settings.rereadMs : Number.POSITIVE_INFINITY;
  }

  /** W1: a trigger that was changed is looked for anew. */
  function keepTo(rows: readonly FileTrigger[], epoch: Epoch): void {
    const wanted = new Map(rows.map((row) => [row.id as string, row]));
    for (const [id, watch] of watches) {
      if (wanted.get(id)?.revision === watch.trigger.revision) continue;
      watches.delete(id);
      close(watch);
    }
    for (const [id, row] of wanted) if (!watches.has(id)) watches.set(id, openFileWatch(watchDeps, row, epoch));
  }

  function close(watch: FileWatch): void {
    watch.close();
    const done = watch.done.then(() => {
      closing = closing.filter((one) => one !== done);
    });
    closing.push(done);
  }

  function closeAll(): void {
    for (const watch of watches.values()) close(watch);
    watches = new Map();
  }

  const watchDeps: FileWatchDeps = {
    fired() {},
    looked() {},
    ...{ ...deps, settings, turn, changed: want },
    fenced() {
      if (isFenced) return;
      isFenced = true;
      log.warn('Another server leads; files are left to it.', { epoch: rounds.epoch });
      closeAll();
    },
  };

  return {
    begin: rounds.begin,
    async end() {
      closeAll();
      await rounds.end();
      // A round that was under way may have opened some.
      closeAll();
      await within(clock, settings.graceMs, Promise.all(closing));
    },
    nudge: want,
    waiting: () =>
      rounds.epoch === null ? null : [...watches.values()].reduce((sum, watch) => sum + watch.waiting(), 0),
  };
}

function isFile(row: TriggerRow): row is FileTrigger {
  return row.config.kind === 'file';
}

/** So many at once; the others in the order in which they came. */
function createTurns(most: number): () => Promise<() => void> {
  let free = most;
  const line: (() => void)[] = [];
  function release(): void {
    const next = line.shift();
    if (next) next();
    else free += 1;
  }
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    let isReleased = false;
    return () => {
      if (!isReleased) release();
      isReleased = true;
    };
  };
}

/** What hangs must not keep the lease from going on. */
async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const grace = Promise.withResolvers<void>();
  const timer = clock.setTimeout(grace.resolve, ms);
  await Promise.race([work, grace.promise]);
  clock.clearTimeout(timer);
}
