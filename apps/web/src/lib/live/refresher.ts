/**
 * Collects what became old and asks for it anew, in batches.
 * I1. At most one batch is under way; what becomes old meanwhile goes into the next.
 * I2. The pause after a batch is at least as long as four times what the batch took, so that a slow server or a very
 *     large run is asked less often instead of more.
 */
import { type KeyPrefix, mergePrefixes } from './touched.ts';

export interface RefresherPorts {
  readonly refresh: (prefix: KeyPrefix) => Promise<unknown>;
  readonly now: () => number;
  readonly setTimeout: (run: () => void, delayMs: number) => unknown;
}

export const MIN_PAUSE_MS = 250;
export const MAX_PAUSE_MS = 10_000;

export interface Refresher {
  mark(prefixes: readonly KeyPrefix[]): void;
}

export function createRefresher(ports: RefresherPorts): Refresher {
  let old: KeyPrefix[] = [];
  let resting = false;

  async function run(): Promise<void> {
    resting = true;
    const batch = mergePrefixes(old);
    old = [];
    const startedAt = ports.now();
    await Promise.allSettled(batch.map((prefix) => ports.refresh(prefix)));
    const pauseMs = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, 4 * (ports.now() - startedAt)));
    ports.setTimeout(() => {
      resting = false;
      if (old.length > 0) void run();
    }, pauseMs);
  }

  return {
    mark(prefixes) {
      if (prefixes.length === 0) return;
      old.push(...prefixes);
      if (old.length > 200) old = mergePrefixes(old);
      // A microtask, not an animation frame: frames stop in hidden tabs.
      if (!resting) {
        resting = true;
        queueMicrotask(() => void run());
      }
    },
  };
}
