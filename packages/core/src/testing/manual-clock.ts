/**
 * Time turned by hand. Timers run on elapsed time, as real ones do: `advance` fires them, `set` only moves the wall
 * clock (forward or back), so a test can show that nothing relies on the wall clock growing.
 */
import type { Clock, TimerHandle } from '../time/clock.ts';

export interface ManualClock extends Clock {
  /**
   * Lets `ms` pass, firing due timers by due time, then in order of creation. Work that a timer starts is let run to its next
   * real wait before the following timer fires, also timers that it sets within the span.
   */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock to `epochMs` at once, as an operator or NTP would. No timer fires. */
  set(epochMs: number): void;
  /** Timers set and not yet fired or cleared. */
  readonly pending: number;
  /** Milliseconds until the next timer, or undefined when none is set. */
  readonly nextIn: number | undefined;
}

interface Timer {
  readonly dueAt: number;
  readonly run: () => void;
}

export function createManualClock(startMs = 0): ManualClock {
  /** In order of creation, which is what breaks ties of `dueAt`. */
  const timers = new Map<number, Timer>();
  let elapsed = 0;
  let offset = startMs;
  let lastHandle = 0;

  function earliest(): [number, Timer] | undefined {
    let found: [number, Timer] | undefined;
    for (const entry of timers) if (found === undefined || entry[1].dueAt < found[1].dueAt) found = entry;
    return found;
  }

  return {
    now: () => offset + elapsed,

    setTimeout(run: () => void, delayMs: number): TimerHandle {
      lastHandle += 1;
      timers.set(lastHandle, { dueAt: elapsed + (delayMs > 0 ? delayMs : 0), run });
      return lastHandle;
    },

    clearTimeout(handle: TimerHandle): void {
      timers.delete(handle as number);
    },

    async advance(ms: number): Promise<void> {
      if (!(ms >= 0)) throw new RangeError(`cannot advance by ${ms} ms; use set() to turn the wall clock back`);
      const end = elapsed + ms;
      await settle();
      for (let next = earliest(); next !== undefined && next[1].dueAt <= end; next = earliest()) {
        const [handle, timer] = next;
        timers.delete(handle);
        elapsed = Math.max(elapsed, timer.dueAt);
        timer.run();
        await settle();
      }
      elapsed = end;
    },

    set(epochMs: number): void {
      offset = epochMs - elapsed;
    },

    get pending(): number {
      return timers.size;
    },

    get nextIn(): number | undefined {
      const next = earliest();
      return next === undefined ? undefined : next[1].dueAt - elapsed;
    },
  };
}

/** One turn of the event loop: every promise that can settle without a timer or I/O has settled after it. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
