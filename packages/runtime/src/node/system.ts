/** The process's own time, randomness and turn-taking: what production code gets where tests get manual ones. */
import { randomFillSync } from 'node:crypto';
import type { Clock, Random } from '@vaquita/core';

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** Random bytes are made in advance: asking the system for a few costs as much as for many, and every id takes some. */
const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** A copy of bytes that were never given out before and are wiped from the pool. */
function takeBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length));
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = new Uint8Array(pool.subarray(used, used + length));
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}

/** Cryptographically strong, also where only a float is asked for. */
export const systemRandom: Random = {
  next: () => Buffer.from(takeBytes(6).buffer).readUIntBE(0, 6) / 2 ** 48,
  bytes: takeBytes,
};

/** Runs later, after sockets and timers that are due had their turn. */
export function defer(run: () => void): void {
  setImmediate(run);
}
