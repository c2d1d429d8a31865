/**
 * Dispatches that a worker has been sent and has not answered. One that stays unanswered is sent again once, with the
 * same dispatch id; then it is taken back (P2).
 */
import type { DispatchId } from '@vaquita/core';
import type { TimerQueue } from '../timers/timer-queue.ts';

export interface AckWatch {
  /** Waits for an answer, from now. */
  expect(id: DispatchId): void;
  /** The worker has said something about the dispatch. */
  answered(id: DispatchId): void;
  /** True until the worker has answered: sending it again is then the right thing after a reconnect. */
  isOpen(id: DispatchId): boolean;
}

export interface AckWatchOptions {
  readonly timers: TimerQueue;
  readonly timeoutMs: number;
  readonly ask: (id: DispatchId) => void;
  readonly takeBack: (id: DispatchId) => void;
}

export function createAckWatch({ timers, timeoutMs, ask, takeBack }: AckWatchOptions): AckWatch {
  const open = new Set<DispatchId>();

  function watch(id: DispatchId, expired: () => void): void {
    timers.after(`ack:${id}`, timeoutMs, () => {
      if (open.has(id)) expired();
    });
  }

  return {
    expect(id) {
      open.add(id);
      watch(id, () => {
        ask(id);
        watch(id, () => {
          open.delete(id);
          takeBack(id);
        });
      });
    },
    answered(id) {
      if (open.delete(id)) timers.clear(`ack:${id}`);
    },
    isOpen: (id) => open.has(id),
  };
}
