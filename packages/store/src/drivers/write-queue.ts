/**
 * Units of writes in the order in which they were given, taken in groups that are committed one after the other.
 *
 * Q1  One group at a time: the next is taken when the one before is settled.
 * Q2  Units are taken in the order in which they were given; a group ends at its bound, the rest goes to the next.
 */
import { AppError } from '@vaquita/core';
import type { SqlStatement, WriteResult } from '../ports/driver.ts';

export interface Waiting {
  readonly unit: readonly SqlStatement[];
  readonly resolve: (results: readonly WriteResult[]) => void;
  readonly reject: (error: AppError) => void;
}

export type Outcome =
  | { readonly waiting: Waiting; readonly results: readonly WriteResult[] }
  | { readonly waiting: Waiting; readonly error: AppError };

export interface WriteQueueOptions {
  /** The database, as errors name it. */
  readonly name: string;
  /** A group takes no further unit once it weighs this much. One unit is never split, however heavy. */
  readonly maxGroupWeight: number;
  weigh(unit: readonly SqlStatement[]): number;
  /** Passes between groups, so that everything that is ready by then joins the next one. */
  pause(): Promise<void>;
  /** Settles every unit of the group. Must not reject. */
  commit(group: readonly Waiting[]): Promise<void>;
}

export interface WriteQueue {
  write(unit: readonly SqlStatement[]): Promise<readonly WriteResult[]>;
  /** Writes what was given so far, refuses what comes later. */
  close(): Promise<void>;
}

export function createWriteQueue(options: WriteQueueOptions): WriteQueue {
  const { name, maxGroupWeight, weigh, pause, commit } = options;
  let queue: Waiting[] = [];
  let running: Promise<void> | undefined;
  let closed = false;

  async function drain(): Promise<void> {
    await pause();
    while (queue.length > 0) {
      await commit(takeGroup());
      await pause();
    }
  }

  function start(): void {
    running ??= drain().finally(() => {
      running = undefined;
      // A unit may have come between the last look at the queue and this moment.
      if (queue.length > 0) start();
    });
  }

  function takeGroup(): readonly Waiting[] {
    let weight = 0;
    let count = 0;
    for (; count < queue.length; count++) {
      weight += weigh(queue[count]!.unit);
      if (count > 0 && weight > maxGroupWeight) break;
    }
    const group = queue.slice(0, count);
    queue = queue.slice(count);
    return group;
  }

  return {
    write(unit) {
      if (closed) return Promise.reject(new AppError('unavailable', `The database ${name} is closed.`));
      if (unit.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        queue.push({ unit, resolve, reject });
        start();
      });
    },
    async close() {
      closed = true;
      while (running) await running;
    },
  };
}

export function settle(outcome: Outcome): void {
  if ('error' in outcome) outcome.waiting.reject(outcome.error);
  else outcome.waiting.resolve(outcome.results);
}

/** The refusal of a unit whose statement changed another number of rows than it had to. */
export function changedOtherwise(position: number, changes: number, expected: number): AppError {
  return new AppError(
    'conflict',
    `Statement ${position + 1} of the unit changed ${changes} rows instead of ${expected}: ` +
      'someone else was first. Nothing of the unit was written.',
  );
}
