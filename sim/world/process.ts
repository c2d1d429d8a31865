/**
 * One life of an operating system process. It can be killed at any of its points, and it can be held, as by SIGSTOP or a
 * machine that sleeps: then time goes on without it, and what was due in the meantime happens when it is let go.
 *
 * O1 After its death nothing of it acts: no timer, no answer, no message.
 * O2 While it is held nothing of it acts; afterwards everything acts once, in the order in which it was due.
 */
import type { Clock } from '@vaquita/core';
import type { Timeline } from './timeline.ts';

/** Where a process can be killed: at a timer, a message, a call to the store, and after the store has done it. */
export const CRASH_POINTS = ['timer', 'delivery', 'call', 'applied', 'answer'] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

export interface SimProcess {
  readonly name: string;
  readonly alive: boolean;
  readonly held: boolean;
  /** It is not held, and was not within so long. */
  wasAwakeFor(ms: number): boolean;
  readonly clock: Clock;
  /** Passes a point at which it may be killed. False: it is dead. */
  pass(point: CrashPoint): boolean;
  /** Does it now, when it is let go, or never. */
  act(point: CrashPoint, run: () => void): void;
  die(): void;
  hold(): void;
  letGo(): void;
  onDeath(run: () => void): void;
}

export interface ProcessOptions {
  readonly name: string;
  readonly timeline: Timeline;
  /** Wall clock: epoch ms at the beginning of the world, and how far this machine's clock is off now. */
  readonly startedAt: number;
  readonly skew: () => number;
  /** Asked at every point: whether the process is killed here. */
  readonly struck: (point: CrashPoint) => boolean;
}

export function createSimProcess({ name, timeline, startedAt, skew, struck }: ProcessOptions): SimProcess {
  let alive = true;
  let held = false;
  let wokeAt = Number.NEGATIVE_INFINITY;
  let waiting: (() => void)[] = [];
  const mourners: (() => void)[] = [];

  const self: SimProcess = {
    name,
    get alive() {
      return alive;
    },
    get held() {
      return held;
    },
    wasAwakeFor: (ms) => !held && timeline.elapsed - wokeAt >= ms,
    clock: {
      now: () => startedAt + Math.floor(timeline.elapsed) + skew(),
      setTimeout(run, delayMs) {
        const timer = { cleared: false, handle: 0 };
        // Cleared while the process was held after it was due: still cleared.
        const fire = () => self.act('timer', () => timer.cleared || run());
        timer.handle = timeline.after(delayMs, () => timer.cleared || fire());
        return timer;
      },
      clearTimeout(timer) {
        const set = timer as { cleared: boolean; handle: number };
        set.cleared = true;
        timeline.cancel(set.handle);
      },
    },
    pass(point) {
      if (alive && struck(point)) self.die();
      return alive;
    },
    act(point, run) {
      if (!alive) return;
      if (held) waiting.push(() => self.act(point, run));
      else if (self.pass(point)) run();
    },
    die() {
      if (!alive) return;
      alive = false;
      waiting = [];
      for (const mourn of mourners) mourn();
    },
    hold() {
      held = true;
    },
    letGo() {
      if (!held) return;
      held = false;
      wokeAt = timeline.elapsed;
      const due = waiting;
      waiting = [];
      for (const run of due) timeline.after(0, run);
    },
    onDeath: (run) => void mourners.push(run),
  };
  return self;
}
