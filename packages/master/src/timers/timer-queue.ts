/**
 * The master's timers: one per key, fired in order of (due time, order of setting), over a single clock timer.
 * A cleared or replaced timer stays in the heap until it surfaces, so clearing costs nothing.
 */
import type { Clock, TimerHandle } from '@vaquita/core';
import { createHeap } from './heap.ts';

/** Longest single sleep: a wall clock that jumps forward is noticed within it. */
const MAX_SLEEP_MS = 60_000;

interface Entry {
  readonly key: string;
  readonly dueAt: number;
  readonly order: number;
  readonly fire: () => void;
}

export interface TimerQueue {
  /** Replaces the timer of the same key. One that is due already fires in a turn of its own, never inside this call. */
  set(key: string, dueAt: number, fire: () => void): void;
  clear(key: string): void;
  readonly size: number;
  /** Forgets all timers; later `set`s are ignored. */
  close(): void;
}

export function createTimerQueue(clock: Clock): TimerQueue {
  const heap = createHeap<Entry>((a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order));
  const live = new Map<string, Entry>();
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
    for (let top = heap.peek(); top && live.get(top.key) !== top; top = heap.peek()) heap.pop();
  }

  function wake(): void {
    armed = undefined;
    const now = clock.now();
    for (;;) {
      dropDead();
      const top = heap.peek();
      if (!top || top.dueAt > now) break;
      heap.pop();
      live.delete(top.key);
      top.fire();
      if (closed) return;
    }
    arm();
  }

  return {
    set(key, dueAt, fire) {
      if (closed) return;
      order += 1;
      const entry: Entry = { key, dueAt, order, fire };
      live.set(key, entry);
      heap.push(entry);
      arm();
    },
    clear(key) {
      live.delete(key);
    },
    get size() {
      return live.size;
    },
    close() {
      closed = true;
      live.clear();
      if (armed) clock.clearTimeout(armed.handle);
      armed = undefined;
    },
  };
}
