/**
 * How much a worker may say (P9): a bucket of messages that fills with time and with each dispatch it is sent. A clock that is
 * set back gives nothing, one that is set forward fills the bucket at most.
 */
import type { Clock } from '@vaquita/core';
import { FLOOD_BURST_MESSAGES, FLOOD_MESSAGES_PER_DISPATCH, FLOOD_MESSAGES_PER_SECOND } from './constants.ts';

export interface FloodGuard {
  /** So many have come. False: that is more than it may say. */
  take(messages: number): boolean;
  /** It has been sent a dispatch, and will have something to say of it. */
  earn(): void;
}

export function createFloodGuard(clock: Pick<Clock, 'now'>): FloodGuard {
  let left: number = FLOOD_BURST_MESSAGES;
  let filledAt = clock.now();

  function fill(): void {
    const now = clock.now();
    const earned = (Math.max(0, now - filledAt) * FLOOD_MESSAGES_PER_SECOND) / 1_000;
    // What many dispatches have earned stays: it is still to be said.
    left = Math.max(left, Math.min(FLOOD_BURST_MESSAGES, left + earned));
    filledAt = now;
  }

  return {
    take(messages) {
      if (messages > left) fill();
      left -= messages;
      return left >= 0;
    },
    earn() {
      left += FLOOD_MESSAGES_PER_DISPATCH;
    },
  };
}
