/** How a run of a workflow uses slots of workers while it goes on, in steps that a forecast can add up quickly. */
import type { PastWorkflow } from './past-workflow.ts';

export const STEP_MS = 300_000;
/** What a task does later than this is counted at the end. */
const MAX_STEPS = (7 * 86_400_000) / STEP_MS;

export interface LoadPart {
  readonly workerGroup: string;
  /** So many steps after the begin of the run. */
  readonly step: number;
  readonly slotMs: number;
}

export interface LoadShape {
  readonly durationMs: number;
  readonly slotMs: number;
  readonly parts: readonly LoadPart[];
}

export function loadShape({ durationMs, tasks }: PastWorkflow): LoadShape {
  const parts = new Map<string, { workerGroup: string; step: number; slotMs: number }>();
  const add = (workerGroup: string, step: number, slotMs: number): void => {
    const key = `${step} ${workerGroup}`;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, { workerGroup, step, slotMs });
    else part.slotMs += slotMs;
  };
  for (const { workerGroup, offsetMs, slotMs } of tasks) {
    let at = Math.max(0, offsetMs);
    const end = at + slotMs;
    while (at < end) {
      const step = Math.min(MAX_STEPS, Math.floor(at / STEP_MS));
      const until = step === MAX_STEPS ? end : Math.min(end, (step + 1) * STEP_MS);
      add(workerGroup, step, until - at);
      at = until;
    }
  }
  return { durationMs, slotMs: tasks.reduce((sum, task) => sum + task.slotMs, 0), parts: [...parts.values()] };
}
