/** How it stands with a schedule, and with one of its fire times. What needs somebody comes first. Pure. */
import type { FireView, ScheduleView } from '@vaquita/client';
import type { Family } from '#lib/state/families.ts';

export type ScheduleState = 'online' | 'offline' | 'workflow_offline' | 'paused' | 'over' | 'failing';

export const SCHEDULE_FAMILY: Readonly<Record<ScheduleState, Family>> = {
  online: 'success',
  offline: 'skipped',
  workflow_offline: 'upstream',
  paused: 'paused',
  over: 'stopped',
  failing: 'failed',
};

type Facts = Pick<ScheduleView, 'online' | 'workflowOnline' | 'pausedUntil' | 'problem'> & {
  readonly nextFires: readonly unknown[];
};

/** @param now epoch ms */
export function scheduleState(facts: Facts, now: number): ScheduleState {
  const { online, workflowOnline, pausedUntil, problem, nextFires } = facts;
  if (!online) return 'offline';
  if (!workflowOnline) return 'workflow_offline';
  if (problem !== null) return 'failing';
  if (nextFires.length === 0) return 'over';
  return pausedUntil !== null && Date.parse(pausedUntil) > now ? 'paused' : 'online';
}

export const OUTCOME_FAMILY: Readonly<Record<FireView['outcome'], Family>> = {
  run: 'success',
  queued: 'queued',
  skipped: 'skipped',
  missed: 'failed',
};
