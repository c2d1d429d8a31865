/** Repeatable randomness for tests and the simulator: the sfc32 generator. Never for secrets. */
import type { Random } from '../time/random.ts';

/** The same seed gives the same sequence on every runtime. */
export function createSeededRandom(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  // The high half counts too: seeds are often times in milliseconds.
  let counter = (Math.floor(seed / 0x1_0000_0000) | 0) + 1;

  function nextWord(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  for (let i = 0; i < 15; i++) nextWord();

  return {
    next: () => nextWord() / 0x1_0000_0000,
    bytes(length: number): Uint8Array {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i++) bytes[i] = nextWord() >>> 24;
      return bytes;
    },
  };
}
