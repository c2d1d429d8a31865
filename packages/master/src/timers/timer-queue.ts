/**
 * The master's timers, one per key. `at` waits for a moment of the wall clock (a retry, a delay, a timeout of a run)
 * over one clock timer; `after` waits for a span, whatever the wall clock does meanwhile (an acknowledgement, a worker).
 * A cleared moment keeps its place in the heap but nothing it referred to.
 */
import type { Clock, TimerHandle } from '@vaquita/core';
import { createHeap } from './heap.ts';

/** Longest single sleep: a wall clock that jumps forward is noticed within it. */
const MAX_SLEEP_MS = 60_000;
/** Cleared moments that may lie in the heap before it is built anew. */
const MAX_DEAD = 1_000;

interface Moment {
  readonly key: string;
  readonly dueAt: number;
  readonly order: number;
  /** Null once cleared or replaced. */
  fire: (() => void) | null;
}

export interface TimerQueue {
  /** Fires at the moment, in order of (moment, setting). One that has passed fires in a turn of its own. */
  at(key: string, dueAt: number, fire: () => void): void;
  /** Fires when the span has passed. */
  after(key: string, spanMs: number, fire: () => void): void;
  /** Whichever kind the key holds. */
  clear(key: string): void;
  has(key: string): boolean;
  /** The key of a moment that has passed and has not been told; undefined when there is none. */
  overdue(now: number): string | undefined;
  /** Fires what is overdue, whatever the clock timer does. */
  catchUp(): void;
  readonly size: number;
  /** Forgets all timers; later ones are ignored. */
  close(): void;
}

export function createTimerQueue(clock: Clock): TimerQueue {
  let heap = createHeap<Moment>(isEarlier);
  const moments = new Map<string, Moment>();
  const spans = new Map<string, TimerHandle>();
  let order = 0;
  let armed: { readonly handle: TimerHandle; readonly dueAt: number } | undefined;
  let closed = false;

  function arm(): void {
    dropDead();
    const next = heap.peek();
    if (armed && next && armed.dueAt <= next.dueAt) return;
    if (armed) clock.clearTimeout(armed.handle);
    armed = undefined;
    if (!next) return;
    const sleep = Math.min(MAX_SLEEP_MS, Math.max(0, next.dueAt - clock.now()));
    armed = { handle: clock.setTimeout(wake, sleep), dueAt: next.dueAt };
  }

  function dropDead(): void {
    for (let top = heap.peek(); top && top.fire === null; top = heap.peek()) heap.pop();
    if (heap.size <= 2 * moments.size + MAX_DEAD) return;
    heap = createHeap<Moment>(isEarlier);
    for (const moment of moments.values()) heap.push(moment);
  }

  function wake(): void {
    armed = undefined;
    const now = clock.now();
    for (;;) {
      dropDead();
      const top = heap.peek();
      if (!top?.fire || top.dueAt > now) break;
      heap.pop();
      moments.delete(top.key);
      top.fire();
      if (closed) return;
    }
    arm();
  }

  function clear(key: string): void {
    const moment = moments.get(key);
    if (moment) {
      moment.fire = null;
      moments.delete(key);
    }
    const span = spans.get(key);
    if (span !== undefined) {
      clock.clearTimeout(span);
      spans.delete(key);
    }
  }

  return {
    at(key, dueAt, fire) {
      if (closed) return;
      clear(key);
      order += 1;
      const moment: Moment = { key, dueAt, order, fire };
      moments.set(key, moment);
      heap.push(moment);
      arm();
    },
    after(key, spanMs, fire) {
      if (closed) return;
      clear(key);
      const handle = clock.setTimeout(() => {
        spans.delete(key);
        fire();
      }, spanMs);
      spans.set(key, handle);
    },
    clear,
    has: (key) => moments.has(key) || spans.has(key),
    overdue(now) {
      dropDead();
      const next = heap.peek();
      return next && next.dueAt < now ? next.key : undefined;
    },
    catchUp() {
      if (closed) return;
      if (armed) clock.clearTimeout(armed.handle);
      wake();
    },
    get size() {
      return moments.size + spans.size;
    },
    close() {
      closed = true;
      for (const key of [...moments.keys(), ...spans.keys()]) clear(key);
      if (armed) clock.clearTimeout(armed.handle);
      armed = undefined;
    },
  };
}

function isEarlier(a: Moment, b: Moment): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}
