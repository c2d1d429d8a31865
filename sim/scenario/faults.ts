/** Draws what goes wrong. */
import { CRASH_POINTS } from '../world/process.ts';
import type { Chance } from './chance.ts';
import type { Fault, WorkerSpec } from './scenario.ts';

export interface FaultSources {
  readonly workers: readonly WorkerSpec[];
  readonly servers: number;
  readonly untilMs: number;
}

type Draw = (
  chance: Chance,
  sources: FaultSources,
) => Fault extends infer F ? (F extends Fault ? Omit<F, 'at'> : never) : never;

const HOUR_MS = 3_600_000;
const BUSY_MS = 60_000;

const DRAWS: readonly (readonly [number, Draw])[] = [
  [
    8,
    (chance, { servers }) => ({
      what: 'crash',
      server: chance.between(-1, servers - 1),
      point: chance.oneOf(CRASH_POINTS),
      nth: chance.skewed(1, 40),
      downMs: chance.skewed(100, 40_000),
    }),
  ],
  [
    4,
    (chance, { servers }) => ({
      what: 'hold',
      server: chance.between(-1, servers - 1),
      forMs: chance.happens(0.5) ? chance.between(7_000, 40_000) : chance.skewed(100, 7_000),
    }),
  ],
  [
    2,
    (chance, { servers }) => ({
      what: 'shutdown',
      server: chance.between(-1, servers - 1),
      downMs: chance.skewed(100, 40_000),
    }),
  ],
  [1, (chance, { servers }) => ({ what: 'removed', server: chance.between(-1, servers - 1) })],
  [1, (chance) => ({ what: 'database_clock', byMs: chance.skewed(10, 3 * HOUR_MS) * chance.oneOf([1, -1]) })],
  [
    2,
    (chance, { servers }) => ({
      what: 'clock',
      server: chance.between(-1, servers - 1),
      byMs: chance.skewed(10, 3 * HOUR_MS) * chance.oneOf([1, -1]),
    }),
  ],
  [2, (chance) => ({ what: 'busy', forMs: chance.skewed(100, 30_000), share: chance.oneOf([0.2, 0.5, 1]) })],
  [2, (chance) => ({ what: 'lost', forMs: chance.skewed(100, 30_000), share: chance.oneOf([0.05, 0.3, 1]) })],
  [2, (chance) => ({ what: 'conflict', nth: chance.skewed(1, 10) })],
  [1, (chance) => ({ what: 'refused', nth: chance.skewed(1, 10) })],
  [2, (chance) => ({ what: 'slow', forMs: chance.skewed(100, 30_000), byMs: chance.skewed(100, 10_000) })],
  [
    2,
    (chance, { servers }) => ({
      what: 'unreachable',
      server: chance.between(-1, servers - 1),
      forMs: chance.skewed(100, 30_000),
    }),
  ],
  [
    2,
    (chance, { servers }) => ({
      what: 'unheard',
      server: chance.between(-1, servers - 1),
      forMs: chance.skewed(1_000, 60_000),
    }),
  ],
  [4, (chance, sources) => ({ what: 'cut', ...someWorker(chance, sources) })],
  [2, (chance, sources) => ({ what: 'silence', ...someWorker(chance, sources) })],
  [
    2,
    (chance, sources) => ({
      what: 'apart',
      ...someWorker(chance, sources),
      server: chance.between(-1, sources.servers - 1),
      forMs: chance.skewed(1_000, 60_000),
    }),
  ],
  [2, (chance, sources) => ({ what: 'stall', ...someWorker(chance, sources), forMs: chance.skewed(100, 20_000) })],
  [
    4,
    (chance, sources) => ({
      what: 'worker_crash',
      ...someWorker(chance, sources),
      journal: chance.oneOf(['kept', 'lost']),
      downMs: chance.skewed(10, 60_000),
    }),
  ],
  [
    2,
    (chance, sources) => ({ what: 'worker_hold', ...someWorker(chance, sources), forMs: chance.skewed(100, 60_000) }),
  ],
  [
    2,
    (chance, sources) => ({
      what: 'worker_clock',
      ...someWorker(chance, sources),
      byMs: chance.skewed(10, 3 * HOUR_MS) * chance.oneOf([1, -1]),
    }),
  ],
  [2, (chance, sources) => ({ what: 'deaf', ...someWorker(chance, sources), forMs: chance.skewed(100, 60_000) })],
  [1, (chance, sources) => ({ what: 'refuses', ...someWorker(chance, sources), forMs: chance.skewed(100, 30_000) })],
  [1, (chance, sources) => ({ what: 'leaves', ...someWorker(chance, sources), forMs: chance.skewed(100, 60_000) })],
];

export function drawFaults(chance: Chance, sources: FaultSources): Fault[] {
  const faults = Array.from({ length: chance.skewed(1, 8) }, () => {
    const fault = chance.weighed(DRAWS)(chance, sources);
    // Mostly while much is going on: runs begin early, and many end within a minute.
    const at = chance.happens(0.5) ? chance.between(500, BUSY_MS) : chance.skewed(1, sources.untilMs);
    return { at, ...fault } as Fault;
  });
  // Somebody has to be left.
  const removed = faults.filter(({ what }) => what === 'removed').slice(sources.servers - 1);
  return faults.filter((fault) => !removed.includes(fault));
}

function someWorker(chance: Chance, { workers }: FaultSources): { readonly worker: string } {
  return { worker: chance.oneOf(workers).name };
}
