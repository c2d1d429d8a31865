/**
 * Slows down guessing at webhooks: deliveries that were refused are counted by address and trigger, and by address, in a fixed
 * window. Those that are taken count for nothing, so that a busy sender is never slowed; and nobody is kept out by what others send
 * from elsewhere.
 */
import type { Clock } from '@vaquita/core';

const WINDOW_MS = 5 * 60_000;
const LIMITS = { pair: 30, address: 120 } as const;
const MAX_KEYS = 20_000;

export interface HookFailures {
  /** 0 when one more delivery may be looked at, else the milliseconds to wait. */
  waitMs(trigger: string, address: string): number;
  /** A delivery was refused. */
  add(trigger: string, address: string): void;
}

export function createHookFailures(clock: Pick<Clock, 'now'>): HookFailures {
  const windows = new Map<string, { count: number; readonly endsAt: number }>();

  function openWindow(key: string, now: number) {
    const known = windows.get(key);
    // A clock that stepped back must not lock anybody out for longer than one window.
    return known && known.endsAt > now && known.endsAt <= now + WINDOW_MS ? known : undefined;
  }

  function forgetOldest(now: number): void {
    for (const [key, { endsAt }] of windows) if (endsAt <= now) windows.delete(key);
    for (const key of windows.keys()) {
      if (windows.size < MAX_KEYS) break;
      windows.delete(key);
    }
  }

  const keysOf = (trigger: string, address: string) => [
    { key: `pair ${address} ${trigger}`, limit: LIMITS.pair },
    { key: `address ${address}`, limit: LIMITS.address },
  ];

  return {
    waitMs(trigger, address) {
      const now = clock.now();
      const full = keysOf(trigger, address).flatMap(({ key, limit }) => {
        const window = openWindow(key, now);
        return window && window.count >= limit ? [window.endsAt - now] : [];
      });
      return Math.max(0, ...full);
    },
    add(trigger, address) {
      const now = clock.now();
      for (const { key } of keysOf(trigger, address)) {
        const window = openWindow(key, now) ?? { count: 0, endsAt: now + WINDOW_MS };
        if (!windows.has(key) && windows.size >= MAX_KEYS) forgetOldest(now);
        window.count += 1;
        windows.set(key, window);
      }
    },
  };
}
