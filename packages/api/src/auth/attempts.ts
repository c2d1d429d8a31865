/**
 * Slows down guessing at sign-in: failures are counted in a fixed window per name at an address, per address and
 * per name. Counting happens before the check, so that a burst of parallel guesses cannot slip through.
 */
import type { Clock } from '@vaquita/core';

const WINDOW_MS = 5 * 60_000;
/** A person who mistypes is let in again soon; one address or one attacked name costs more tries to exhaust. */
const LIMITS = { pair: 8, address: 40, name: 100 } as const;
const MAX_KEYS = 20_000;

export interface SignInAttempts {
  /** Counts a try. @returns 0 when it may go on, else the milliseconds to wait. */
  begin(name: string, address: string): number;
  /** Takes back the tries of a name at an address after it has signed in. */
  succeeded(name: string, address: string): void;
}

export function createSignInAttempts(clock: Pick<Clock, 'now'>): SignInAttempts {
  const windows = new Map<string, { count: number; endsAt: number }>();

  function windowOf(key: string, now: number): { count: number; endsAt: number } {
    const known = windows.get(key);
    // A clock that stepped back must not lock anybody out for longer than one window.
    if (known && known.endsAt > now && known.endsAt <= now + WINDOW_MS) return known;
    if (windows.size >= MAX_KEYS) forgetOldest(now);
    const fresh = { count: 0, endsAt: now + WINDOW_MS };
    windows.delete(key);
    windows.set(key, fresh);
    return fresh;
  }

  function forgetOldest(now: number): void {
    for (const [key, window] of windows) if (window.endsAt <= now) windows.delete(key);
    for (const key of windows.keys()) {
      if (windows.size < MAX_KEYS) break;
      windows.delete(key);
    }
  }

  const keys = (name: string, address: string) => {
    const who = name.toLowerCase();
    return [
      { key: `pair ${address} ${who}`, limit: LIMITS.pair },
      { key: `address ${address}`, limit: LIMITS.address },
      { key: `name ${who}`, limit: LIMITS.name },
    ];
  };

  return {
    begin(name, address) {
      const now = clock.now();
      const open = keys(name, address).map(({ key, limit }) => ({ window: windowOf(key, now), limit }));
      const full = open.filter(({ window, limit }) => window.count >= limit);
      if (full.length > 0) return Math.max(...full.map(({ window }) => window.endsAt - now));
      for (const { window } of open) window.count += 1;
      return 0;
    },
    succeeded(name, address) {
      const now = clock.now();
      for (const { key } of keys(name, address)) {
        const window = windowOf(key, now);
        window.count = key.startsWith('pair') ? 0 : Math.max(0, window.count - 1);
      }
    },
  };
}
