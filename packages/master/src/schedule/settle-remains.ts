/** Writes the records of fire times that changes of their schedules have found undecided (S7). */
import { type Clock, decideRemains, type ScheduleRemainsRow, toAppError } from '@vaquita/core';
import type { ScheduleQueue } from '@vaquita/store';
import type { RoundsTerm } from '../duties/rounds.ts';
import type { Logger } from '../settings.ts';
import { isOfTheStore } from './store-troubles.ts';

export interface SettleRemainsDeps {
  readonly queue: Pick<ScheduleQueue, 'remains' | 'settleRemains'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** Changes that are read at a time. */
  readonly page: number;
}

/** All there are. One about which nothing can be written is left to the next round. @throws AppError of the store. */
export async function settleRemains(
  { queue, clock, log, page }: SettleRemainsDeps,
  { epoch, isOver }: RoundsTerm,
): Promise<void> {
  const failed = new Set<string>();
  const keyOf = ({ scheduleId, upTo }: ScheduleRemainsRow) => `${scheduleId} ${upTo}`;
  for (;;) {
    const read = await queue.remains(page + failed.size);
    const left = read.filter(({ remains }) => !failed.has(keyOf(remains)));
    if (left.length === 0) return;
    for (const { remains, recorded } of left) {
      if (isOver()) return;
      try {
        await queue.settleRemains(epoch, remains, decideRemains({ remains, recorded, now: clock.now() }));
      } catch (error) {
        const { code, message } = toAppError(error);
        if (isOfTheStore(code)) throw error;
        failed.add(keyOf(remains));
        log.error('Fire times before a change of their schedule could not be recorded; tried again later.', {
          schedule: remains.scheduleId,
          error: message,
        });
      }
    }
  }
}
