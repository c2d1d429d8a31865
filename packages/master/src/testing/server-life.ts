/** One life of a server process: after its death nothing it does reaches anything. */
import type { Clock } from '@vaquita/core';
import type { WirePair } from '@vaquita/protocol/testing';
import type { LogStore, MasterStore } from '@vaquita/store';

export interface LifeWorld {
  readonly store: MasterStore;
  readonly logs: LogStore;
  readonly clock: Clock;
}

export function startLife(world: LifeWorld) {
  const { clock } = world;
  let alive = true;
  const pairs: WirePair[] = [];
  const never = new Promise<never>(() => {});
  function mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get(from, key) {
        const value = Reflect.get(from, key);
        if (typeof value === 'object' && value !== null) return mortal(value);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => (alive ? value.apply(from, args) : never);
      },
    });
  }
  return {
    pairs,
    store: mortal(world.store),
    logs: mortal(world.logs),
    clock: {
      ...clock,
      now: clock.now,
      setTimeout: (run: () => void, ms: number) => clock.setTimeout(() => alive && run(), ms),
    },
    die() {
      alive = false;
      for (const pair of pairs) pair.master.terminate();
    },
  };
}
