/** Time is a dependency. Production code gets it from the runtime, tests and the simulator turn it by hand. */
export interface Clock {
  /** Epoch milliseconds. May step back; nothing may rely on it growing. */
  now(): number;
  setTimeout(run: () => void, delayMs: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}

/** Opaque: whatever the clock that made it wants back. */
export type TimerHandle = unknown;
