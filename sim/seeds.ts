/** One thread of the simulator: its share of the seeds, one verdict each. */
import { parentPort, workerData } from 'node:worker_threads';
import { findBreakage } from './breaks/breakages.ts';
import { ABILITIES } from './scenario/abilities.ts';
import { generateScenario } from './scenario/generate.ts';
import type { Met } from './world/meter.ts';
import { simulate } from './world/simulate.ts';

export interface SeedJob {
  readonly first: number;
  /** Of all threads together. */
  readonly count: number;
  readonly step: number;
  readonly breakage: string | null;
  readonly maxSteps?: number;
}

export interface SeedVerdict {
  readonly seed: number;
  readonly violation: { readonly rule: string; readonly text: string } | null;
  readonly steps: number;
  /** What went wrong in this world. */
  readonly met: readonly Met[];
}

if (parentPort) await simulateShare(workerData as SeedJob, (verdict) => parentPort?.postMessage(verdict));

async function simulateShare(job: SeedJob, tell: (verdict: SeedVerdict) => void): Promise<void> {
  const share = Math.ceil(job.count / job.step);
  for (let index = 0; index < share; index++) {
    const seed = job.first + index * job.step;
    if (seed >= job.first - (job.first % 1) + job.count + job.step) break;
    const breakage = job.breakage === null ? undefined : findBreakage(job.breakage);
    const options = { breakage, keepTrace: false, ...(job.maxSteps === undefined ? {} : { maxSteps: job.maxSteps }) };
    const { violation, steps, met } = await simulate(generateScenario(seed, ABILITIES), options);
    tell({ seed, violation, steps, met: [...met] });
  }
}
