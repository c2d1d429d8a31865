/**
 * What a plan that is being written would do, asked of the server shortly after the last stroke.
 * P1. An answer is kept under the plan it was asked for, so one that comes late is never taken for that of another plan.
 * P2. `current` tells whether what is shown is of what is written now; problems are marked in the text only then.
 */
import { createQuery } from '@tanstack/svelte-query';
import type { PreviewView, SchedulePlanRequest } from '@vaquita/client';
import { untrack } from 'svelte';
import { asApiError } from '#lib/data/api.ts';
import { scheduleQueries } from './schedule-queries.ts';

const QUIET_MS = 250;

export interface PlanPreview {
  /** The newest answer, maybe of a plan before. */
  readonly data: PreviewView | undefined;
  readonly error: ReturnType<typeof asApiError> | null;
  readonly current: boolean;
  /** The problem at a place such as `plan.cron`, of what is written now. */
  problem(path: string): string | undefined;
}

/** To be called while a component is made. */
export function planPreview(plan: () => SchedulePlanRequest, count: number): PlanPreview {
  const written = $derived(JSON.stringify(plan()));
  let asked = $state(untrack(() => written));
  $effect(() => {
    const next = written;
    const timer = setTimeout(() => {
      asked = next;
    }, QUIET_MS);
    return () => clearTimeout(timer);
  });
  const query = createQuery(() => scheduleQueries.preview(JSON.parse(asked) as SchedulePlanRequest, count));
  const current = $derived(asked === written && !query.isPlaceholderData && query.data !== undefined);
  return {
    get data() {
      return query.data;
    },
    get error() {
      return query.error === null ? null : asApiError(query.error);
    },
    get current() {
      return current;
    },
    problem: (path) => (current ? query.data?.problems.find((one) => one.path === path)?.message : undefined),
  };
}
