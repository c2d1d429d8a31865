/**
 * Reads for logic tasks, a bounded number at a time, so that ten thousand tasks that look at other runs at once do not
 * flood the store.
 *
 * R1 At most `atOnce` reads are under way; the others wait in the order in which they were asked for.
 * R2 Equal reads that have not begun are one read. One that has begun may be older than the question: it is not shared.
 * R3 A read that fails for a passing reason is tried again, with longer and longer waits, until it works, nobody wants
 *    it any more, or the queue is closed. Any other failure goes to everybody who asked.
 * R4 A read that nobody wants any more is not begun.
 */
import { AppError, type Clock, toAppError } from '@vaquita/core';
import { isPassing } from '../recovery/durable-commit.ts';
import type { Logger } from '../settings.ts';

export interface ReadQueue {
  /**
   * `key` names the read: equal keys ask for the same. `wanted` is asked when it would begin. Never settles after the
   * queue is closed. @throws AppError of a kind that does not pass; `gone` when nobody wanted it any more.
   */
  read<T>(key: string, wanted: () => boolean, run: () => Promise<T>): Promise<T>;
  /** Reads that wait or are under way. */
  readonly size: number;
  close(): void;
}

export interface ReadQueueDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly atOnce: number;
  /** Wait before the second try; doubled each time, up to `MAX_RETRY_MS`. */
  readonly retryMs: number;
}

const MAX_RETRY_MS = 30_000;

interface Asker {
  readonly wanted: () => boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: AppError) => void;
}

interface Entry {
  readonly key: string;
  readonly run: () => Promise<unknown>;
  readonly askers: Asker[];
  tries: number;
}

export function createReadQueue({ clock, log, atOnce, retryMs }: ReadQueueDeps): ReadQueue {
  /** Not begun, or waiting for another try: what an equal question may join. */
  const joinable = new Map<string, Entry>();
  const waiting: Entry[] = [];
  let first = 0;
  let underWay = 0;
  let backingOff = 0;
  let scheduled = false;
  let closed = false;

  function enqueue(entry: Entry): void {
    joinable.set(entry.key, entry);
    waiting.push(entry);
    if (scheduled) return;
    scheduled = true;
    // Not at once: the other questions of this round come first, and join.
    queueMicrotask(begin);
  }

  function begin(): void {
    scheduled = false;
    while (!closed && underWay < atOnce && first < waiting.length) {
      const entry = waiting[first]!;
      first += 1;
      if (joinable.get(entry.key) === entry) joinable.delete(entry.key);
      if (entry.askers.some(({ wanted }) => wanted())) void carryOut(entry);
      else refuse(entry, new AppError('gone', 'Nobody waits for this read any more.'));
    }
    if (first === waiting.length || first > 1_000) {
      waiting.splice(0, first);
      first = 0;
    }
  }

  async function carryOut(entry: Entry): Promise<void> {
    underWay += 1;
    try {
      const value = await entry.run();
      if (!closed) for (const asker of entry.askers) asker.resolve(value);
    } catch (thrown) {
      if (!closed) failed(entry, toAppError(thrown));
    }
    underWay -= 1;
    begin();
  }

  function refuse(entry: Entry, error: AppError): void {
    for (const asker of entry.askers) asker.reject(error);
  }

  function failed(entry: Entry, error: AppError): void {
    if (!isPassing(error.code)) {
      refuse(entry, error);
      return;
    }
    const wait = Math.min(MAX_RETRY_MS, retryMs * 2 ** Math.min(entry.tries, 16));
    entry.tries += 1;
    if (backingOff === 0)
      log.warn('Other runs cannot be looked at; trying again.', { error: error.message, retryInMs: wait });
    backingOff += 1;
    clock.setTimeout(() => {
      backingOff -= 1;
      if (!closed) enqueue(entry);
    }, wait);
  }

  return {
    read<T>(key: string, wanted: () => boolean, run: () => Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (closed) return;
        const asker: Asker = { wanted, resolve: (value) => resolve(value as T), reject };
        const open = joinable.get(key);
        if (open) open.askers.push(asker);
        else enqueue({ key, run, askers: [asker], tries: 0 });
      });
    },
    get size() {
      return waiting.length - first + underWay + backingOff;
    },
    close() {
      closed = true;
      joinable.clear();
      waiting.length = 0;
      first = 0;
    },
  };
}
