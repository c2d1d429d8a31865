/** What a benchmark is: sizes in, figures out. */
import type { FibonacciPlan } from '../fibonacci.ts';
import type { Figure } from '../figures.ts';
import { fullLayers, type Layers } from '../layers.ts';

export interface Sizes {
  /** Tasks of one fan. */
  readonly fanoutTasks: number;
  readonly fanoutSlots: number;
  readonly chainTasks: number;
  /** Runs of `dag` at once, each of the same layers. */
  readonly dagCopies: number;
  readonly dag: Layers;
  readonly starts: number;
  readonly bigdag: Layers;
  readonly windmill: FibonacciPlan;
  readonly shellTasks: number;
  readonly shellSlots: number;
  /** Schedules of which one fires each second, and for how many seconds that is measured. */
  readonly cronSchedules: number;
  readonly cronSeconds: number;
  /** Schedules that fire at one instant, and how many instants are measured. */
  readonly cronInstant: number;
  readonly cronInstants: number;
  /** Workers that are connected at once. */
  readonly workers: number;
  /** Runs that are under way when the leader is killed, of 40 tasks each. */
  readonly failoverRuns: number;
  /** After so long without a sign of life of the leader another server may lead. */
  readonly leaseMs: number;
  /** Alerts that are on their way when the leader is killed. */
  readonly failoverAlerts: number;
  /** Business times of a backfill of three levels whose leader is killed twice. */
  readonly backfillIntervals: number;
  /** Channels that never answer, and requests to the API beside them and without them, each in every round. */
  readonly hungChannels: number;
  readonly hungRequests: number;
  /** How often what takes long as a whole is repeated. */
  readonly runs: number;
  /** The same of what takes very long. */
  readonly longRuns: number;
}

export const FULL: Sizes = {
  fanoutTasks: 5_000,
  fanoutSlots: 32,
  chainTasks: 50,
  dagCopies: 20,
  dag: fullLayers(10, 10),
  starts: 500,
  bigdag: { layers: 100, width: 100, edges: 100_000 },
  windmill: { light: 40, lightOf: 10, heavy: 10, heavyOf: 33 },
  shellTasks: 500,
  shellSlots: 8,
  cronSchedules: 10_000,
  cronSeconds: 120,
  cronInstant: 1_000,
  cronInstants: 3,
  workers: 2_000,
  failoverRuns: 10,
  // The default of the servers.
  leaseMs: 10_000,
  failoverAlerts: 500,
  backfillIntervals: 365,
  hungChannels: 50,
  hungRequests: 2_000,
  runs: 5,
  longRuns: 3,
};

/** To see that the benchmarks work, not to get figures. */
export const SMOKE: Sizes = {
  fanoutTasks: 200,
  fanoutSlots: 32,
  chainTasks: 10,
  dagCopies: 3,
  dag: fullLayers(4, 5),
  starts: 20,
  bigdag: { layers: 20, width: 20, edges: 4_000 },
  windmill: { light: 4, lightOf: 10, heavy: 2, heavyOf: 27 },
  shellTasks: 40,
  shellSlots: 8,
  cronSchedules: 50,
  cronSeconds: 5,
  cronInstant: 20,
  cronInstants: 1,
  workers: 50,
  failoverRuns: 4,
  leaseMs: 2_000,
  failoverAlerts: 20,
  backfillIntervals: 20,
  hungChannels: 9,
  hungRequests: 40,
  runs: 1,
  longRuns: 1,
};

export interface Scenario {
  readonly name: string;
  /** `note` is for the person who waits. */
  run(sizes: Sizes, note: (text: string) => void): Promise<readonly Figure[]>;
}
