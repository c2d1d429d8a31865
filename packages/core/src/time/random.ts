/** Randomness is a dependency, seeded in tests. */
export interface Random {
  /** A float in [0, 1). */
  next(): number;
  /** `length` random bytes; cryptographically strong in production. */
  bytes(length: number): Uint8Array;
}
