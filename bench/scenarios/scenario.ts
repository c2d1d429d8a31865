/** What a benchmark is: sizes in, figures out. */
import type { Figure } from '../figures.ts';

export interface Sizes {
  /** Tasks of one fan. */
  readonly fanoutTasks: number;
  readonly fanoutSlots: number;
  readonly chainTasks: number;
  readonly starts: number;
  /** How often what takes long as a whole is repeated. */
  readonly runs: number;
}

export const FULL: Sizes = { fanoutTasks: 5_000, fanoutSlots: 32, chainTasks: 50, starts: 500, runs: 5 };
/** To see that the benchmarks work, not to get figures. */
export const SMOKE: Sizes = { fanoutTasks: 200, fanoutSlots: 32, chainTasks: 10, starts: 20, runs: 1 };

export interface Scenario {
  readonly name: string;
  /** `note` is for the person who waits. */
  run(sizes: Sizes, note: (text: string) => void): Promise<readonly Figure[]>;
}
