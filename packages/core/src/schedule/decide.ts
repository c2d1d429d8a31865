/**
 * Decides what becomes of the fire times of one schedule that have come up, and of those that wait. Pure: rows and the time go in,
 * rows come out, to be written in one unit while the schedule is as it was read.
 *
 * D1 Each fire time after the old cursor and up to the new one gets exactly one record, or has one; no other gets one.
 * D2 The cursor moves to the last fire time that was decided, and never back. None is decided before its time.
 * D3 The same question has the same answer, ids of runs and orders included: what is written twice is written once.
 * D4 Of misfires run: none, the last, or at most so many of the newest that nothing else speaks against, as the policy says.
 * D5 Beside a run that has not ended none is started by `skip` and `queue`, and no more than its limit by `parallel`; where
 *    `cancel_old` starts one, all others have been told to stop.
 * D6 Fire times that wait go in their order, and none that came later goes before them.
 * D7 A run is filed exactly where a record says so, and it is the run of that fire time.
 */
import type { CalendarRow } from '../calendars/rows.ts';
import type { StartTarget } from '../machine/automatic-run.ts';
import type { NewRun } from '../machine/new-run.ts';
import type { CommandRow, WorkflowInstanceRow } from '../machine/rows.ts';
import { type FireDesk, openDesk } from './fire-desk.ts';
import { foldedReason, misfireReason } from './fire-texts.ts';
import { actAt } from './jitter.ts';
import { mostMisfires, type PassedFires, type PendingFire, pendingFires } from './pending-fires.ts';
import { timesOfPlan } from './plan-times.ts';
import type { ScheduleFireRow, ScheduleRow } from './rows.ts';
import { nextFire } from './schedule-times.ts';

export interface ScheduleQuestion {
  readonly schedule: ScheduleRow;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What it starts; a text: why it can start nothing. */
  readonly target: StartTarget | string;
  /** Those that its plan names. */
  readonly calendars: ReadonlyMap<CalendarRow['id'], CalendarRow>;
  /** Its runs that have not ended; may be left empty where the plan lets any number run at once. */
  readonly open: readonly Pick<WorkflowInstanceRow, 'id' | 'state'>[];
  /** Its fire times that wait, the oldest first. */
  readonly queued: readonly ScheduleFireRow[];
  /** Its fire times after the cursor that have their record. */
  readonly recorded: ReadonlySet<number>;
}

export interface ScheduleDecision {
  readonly cursorAt: number;
  /** When to look again; null: its last fire time has been decided. */
  readonly dueAt: number | null;
  readonly fires: readonly ScheduleFireRow[];
  /** Records that waited, as they are from now on. */
  readonly dequeued: readonly ScheduleFireRow[];
  readonly runs: readonly NewRun[];
  readonly stops: readonly CommandRow[];
}

export function decideSchedule(question: ScheduleQuestion): ScheduleDecision {
  const { schedule, now } = question;
  const times = timesOfPlan(schedule.plan);
  const { passed, fires, cursorAt, more } = pendingFires({ ...question, times });
  const desk = openDesk(question);
  desk.serveQueue();
  for (const span of passed) recordPassed(desk, question, span);
  recordEach(desk, question, fires);
  return { cursorAt, dueAt: more ? now : dueAfter(schedule, cursorAt), ...desk.written };
}

/** When something is to be done about the first fire time after this moment; null: there is none any more. */
export function dueAfter({ id, plan }: Pick<ScheduleRow, 'id' | 'plan'>, after: number): number | null {
  const next = nextFire(timesOfPlan(plan), after);
  return next === null ? null : actAt(id, next, plan.jitterMs);
}

function recordPassed(desk: FireDesk, { schedule, now }: ScheduleQuestion, passed: PassedFires): void {
  const { misfire, jitterMs } = schedule.plan;
  const { against, ...times } = passed;
  const span = { ...times, actAt: actAt(schedule.id, times.fireAt, jitterMs) };
  const missed = times.fires > 1 ? foldedReason(times.fires) : misfireReason(now - span.actAt, misfire);
  desk.record(span, against === null ? { outcome: 'missed', reason: missed } : { outcome: 'skipped', reason: against });
}

function recordEach(desk: FireDesk, { schedule, now }: ScheduleQuestion, fires: readonly PendingFire[]): void {
  const { misfire } = schedule.plan;
  const free = fires.filter(({ against }) => against === null);
  const late = free.filter(({ isLate }) => isLate);
  // D4. The oldest first.
  const chosen = new Set(late.slice(late.length - Math.min(late.length, mostMisfires(misfire))));
  const last = free.findLast((fire) => !fire.isLate || chosen.has(fire));
  for (const fire of fires) {
    if (fire.against !== null) desk.record(fire, { outcome: 'skipped', reason: fire.against });
    else if (!fire.isLate || chosen.has(fire)) desk.act(fire, fire === last);
    else desk.record(fire, { outcome: 'missed', reason: misfireReason(now - fire.actAt, misfire) });
  }
}
