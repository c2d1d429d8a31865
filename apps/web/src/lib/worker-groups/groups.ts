/** Worker groups as the page of workers shows them. Pure. */
import type { WorkerCounts, WorkerGroupView } from '@vaquita/client';

/** In the order in which they are offered. */
export const POLICIES = [
  'round_robin',
  'least_loaded',
  'fixed_weighted',
  'dynamic_weighted',
  'random',
] as const satisfies readonly WorkerGroupView['policy'][];

/** Names that somebody has written one per line, or with commas between. */
export function namesIn(text: string): string[] {
  return text
    .split(/[\n,]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** By the newest heartbeats; slots that were made fewer may be over-used for a while. */
export function freeSlots({ slots, slotsUsed }: WorkerCounts): number {
  return Math.max(0, slots - slotsUsed);
}

export function workersOf({ online, draining, offline }: WorkerCounts): number {
  return online + draining + offline;
}
