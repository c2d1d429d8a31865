/** The words of the filter by state, and the states that each stands for. */
import type { TaskState } from '@vaquita/client';

export const TASK_FILTERS = {
  active: ['submitted', 'delayed', 'dispatched', 'running'],
  failed: ['failure', 'need_fault_tolerance'],
  success: ['success', 'forced_success'],
  stopped: ['killed'],
  paused: ['paused'],
} as const satisfies Readonly<Record<string, readonly TaskState[]>>;

export type TaskFilterName = keyof typeof TASK_FILTERS;
