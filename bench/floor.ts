/** Runs the bare skeleton in processes of its own, as the real system runs. */
import { join } from 'node:path';
import { cleanEnv, startChild } from '../e2e/support/child.ts';
import type { Layers } from './layers.ts';
import type { SkeletonResult } from './skeleton/main.ts';

export type SkeletonMode = 'fanout' | 'chain' | 'start' | 'rows' | 'round-trips';

export async function runSkeleton(mode: SkeletonMode, tasks: number, slots = 1): Promise<SkeletonResult> {
  return run([mode, String(tasks), String(slots)]);
}

/** Copies of one graph at once. */
export async function runSkeletonGraph(layers: Layers, copies: number, slots: number): Promise<SkeletonResult> {
  return run(['graph', String(copies), String(slots), JSON.stringify(layers)]);
}

async function run(args: readonly string[]): Promise<SkeletonResult> {
  const main = join(import.meta.dirname, 'skeleton', 'main.ts');
  const child = startChild({ args: [main, ...args], env: cleanEnv() });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`the skeleton failed:\n${child.output()}`);
  return JSON.parse(child.stdout()) as SkeletonResult;
}
