/** Schedules that are left alone for a while because nothing can be decided or written about them (S6). */
import { type Clock, type ScheduleId, type ScheduleRow, toAppError } from '@vaquita/core';
import type { ScheduleQueue } from '@vaquita/store';
import type { RoundsTerm } from '../duties/rounds.ts';
import type { Logger } from '../settings.ts';
import { isOfTheStore } from './store-troubles.ts';

export interface AsideDeps {
  readonly queue: Pick<ScheduleQueue, 'setAside'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly asideMs: number;
}

export interface AsideCause {
  readonly why: string;
  /** Also as whatever somebody changes it to: it was changed too often. */
  readonly whateverItIs?: true;
}

export interface Aside {
  readonly size: number;
  holds(schedule: ScheduleRow, now: number): boolean;
  /** Its row says why, as far as that can be written. @throws AppError of the store. */
  put(schedule: ScheduleRow, cause: AsideCause, term: RoundsTerm): Promise<void>;
  clear(): void;
}

export function createAside({ queue, clock, log, asideMs }: AsideDeps): Aside {
  /** Revision null: any. */
  const put = new Map<ScheduleId, { readonly since: number; readonly revision: number | null }>();
  return {
    get size() {
      return put.size;
    },
    clear: () => put.clear(),
    holds({ id, revision }, now) {
      const found = put.get(id);
      if (found === undefined) return false;
      const isSame = found.revision === null || found.revision === revision;
      // A clock that was set back must not keep it aside.
      if (isSame && now >= found.since && now < found.since + asideMs) return true;
      put.delete(id);
      return false;
    },
    async put(schedule, { why, whateverItIs = false }, { epoch, isOver }) {
      const { id, name, revision, problem } = schedule;
      const since = clock.now();
      const what = { schedule: id, name, error: why };
      put.set(id, { since, revision: whateverItIs ? null : revision });
      log.error('A schedule could not be dealt with; it is left alone for a while.', what);
      if (isOver() || problem?.text === why) return;
      try {
        await queue.setAside(epoch, schedule, { text: why, since });
      } catch (error) {
        const { code, message } = toAppError(error);
        if (isOfTheStore(code)) throw error;
        // Somebody has changed it meanwhile.
        if (code !== 'conflict') log.error('Its row could not be told so.', { ...what, error: message });
      }
    },
  };
}
