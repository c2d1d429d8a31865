/** The records of fire times that a change of their schedule has left undecided. Pure; see `ScheduleRemainsRow`. */
import { COUNTED_AT_ONCE, TOLD_SINGLY } from './pending-fires.ts';
import { timesOfPlan } from './plan-times.ts';
import type { ScheduleFireRow, ScheduleRemainsRow } from './rows.ts';
import { firesBetween } from './schedule-times.ts';

export interface RemainsQuestion {
  readonly remains: ScheduleRemainsRow;
  /** Fire times among them that have their record: a clock was ahead. */
  readonly recorded: readonly number[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface RemainsDecision {
  readonly fires: readonly ScheduleFireRow[];
  /** Up to where they have their records now; null: all of them. */
  readonly afterAt: number | null;
}

/** One piece of them, from the oldest on: each once, very many together in one record as misfires are. */
export function decideRemains({ remains, recorded, now }: RemainsQuestion): RemainsDecision {
  const { plan, afterAt, upTo } = remains;
  const next = Math.min(...recorded.filter((at) => at > afterAt && at <= upTo));
  const isBounded = Number.isFinite(next);
  // One record must not stand for what has its own.
  const last = isBounded ? next - 1 : upTo;
  const found = firesBetween(timesOfPlan(plan), { after: afterAt, upTo: last, limit: COUNTED_AT_ONCE });
  const isAll = found.length < COUNTED_AT_ONCE;
  const together = isAll ? found.slice(0, Math.max(0, found.length - TOLD_SINGLY)) : found;
  const singly = found.slice(together.length);
  return {
    fires: [
      ...(together.length === 0 ? [] : [recordOf(remains, together, now)]),
      ...singly.map((at) => recordOf(remains, [at], now)),
    ],
    afterAt: isAll ? (isBounded ? next : null) : together.at(-1)!,
  };
}

function recordOf(remains: ScheduleRemainsRow, times: readonly number[], decidedAt: number): ScheduleFireRow {
  const { scheduleId, projectId, workflowId, why } = remains;
  const fireAt = times[0]!;
  return {
    ...{ scheduleId, fireAt, projectId, workflowId, throughAt: times.at(-1)!, fires: times.length },
    ...{ outcome: 'skipped', reasonCode: 'schedule_changed', reason: why, workflowInstanceId: null },
    ...{ actAt: fireAt, decidedAt },
  };
}
