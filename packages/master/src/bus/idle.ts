/**
 * Which buses have nothing to do and nothing on its way: only of those may memory be held against rows, and only those
 * may be given up for a new one without loss. Knows of commits that no event has led to, as after a rebuild.
 */
import type { RunBus } from './run-bus.ts';

export interface IdleWatch {
  /** A commit of the bus is on its way. */
  commits(bus: RunBus): void;
  /** It is over, however. */
  committed(bus: RunBus): void;
  isIdle(bus: RunBus): boolean;
}

export function createIdleWatch(): IdleWatch {
  const busy = new WeakSet<RunBus>();
  return {
    commits: (bus) => void busy.add(bus),
    committed: (bus) => void busy.delete(bus),
    isIdle: (bus) => bus.state === 'open' && !busy.has(bus) && bus.waiting === 0 && bus.pending().length === 0,
  };
}
