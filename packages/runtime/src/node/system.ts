/** The process's own time, randomness and turn-taking: what production code gets where tests get manual ones. */
import { randomBytes } from 'node:crypto';
import type { Clock, Random } from '@vaquita/core';

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** Cryptographically strong, also where only a float is asked for. */
export const systemRandom: Random = {
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  bytes: (length) => new Uint8Array(randomBytes(length)),
};

/** Runs later, after sockets and timers that are due had their turn. */
export function defer(run: () => void): void {
  setImmediate(run);
}
