/**
 * Which fire times of a schedule are to be decided now, and which of those that were missed in one go are only told of: where there are
 * very many, the policy chooses among the newest, and of the older ones those that lie together and came to nothing for the same reason
 * share a record.
 *
 * P1 The policy about misfires chooses once: among all that are left to it, which are decided together.
 * P2 A record says of each fire time that it stands for what is true of it, and stands for none that has a record of its own.
 */
import { calendarSays } from '../calendars/calendar-says.ts';
import type { CalendarRow } from '../calendars/rows.ts';
import { type FireReason, pausedReason } from './fire-texts.ts';
import { actAt } from './jitter.ts';
import type { ScheduleRow } from './rows.ts';
import { firesBetween, nextFire, previousFire, type ScheduleTimes } from './schedule-times.ts';

/** So many that were missed in one go are told of singly, the newest. */
export const TOLD_SINGLY = 1_000;
/** So many older ones are looked at at a time: bounds how long one look at a schedule takes. */
export const COUNTED_AT_ONCE = 10_000;
/** Of those that are not missed so many are decided at a time, and of those that are passed over so many records are written. */
const DECIDED_AT_ONCE = 1_000;
/** Among so many of the newest the policy looks for what it may run, where calendars or a pause leave most of them out. */
const CHOSEN_AMONG = 5_000;

export interface PendingFire {
  readonly fireAt: number;
  /** Not before the one before it: fire times are acted on in their order. */
  readonly actAt: number;
  /** It could have been acted on, and was not: a misfire. */
  readonly isLate: boolean;
  /** Why it is left out whatever its time; null: nothing is said against it. */
  readonly against: FireReason | null;
}

/** Misfires that lie together, which the policy does not choose from. */
export interface PassedFires {
  readonly fireAt: number;
  readonly throughAt: number;
  readonly fires: number;
  /** Of all of them; null: they were missed. */
  readonly against: FireReason | null;
}

export interface PendingFires {
  /** When there are any, nothing else is decided with them. */
  readonly passed: readonly PassedFires[];
  /** Those that have no record. */
  readonly fires: readonly PendingFire[];
  /** Up to here all have their record then. */
  readonly cursorAt: number;
  /** There are more, to be decided at once after these. */
  readonly more: boolean;
}

export interface PendingQuestion {
  readonly schedule: Pick<ScheduleRow, 'id' | 'plan' | 'cursorAt' | 'pausedUntil'>;
  readonly times: ScheduleTimes;
  readonly now: number;
  /** Those that its plan names. */
  readonly calendars: ReadonlyMap<CalendarRow['id'], CalendarRow>;
  /** Fire times after the cursor that have their record. */
  readonly recorded: ReadonlySet<number>;
}

export function pendingFires(question: PendingQuestion): PendingFires {
  const chosenFrom = firstToChooseFrom(question);
  if (chosenFrom !== null) return passOver(question, chosenFrom);
  const { schedule, times, now, recorded } = question;
  const { jitterMs, misfire } = schedule.plan;
  const fires: PendingFire[] = [];
  let { cursorAt } = schedule;
  let act = Number.NEGATIVE_INFINITY;
  for (let at = nextFire(times, cursorAt); at !== null && at <= now; at = nextFire(times, at)) {
    act = Math.max(act, actAt(schedule.id, at, jitterMs));
    if (act > now) break;
    const isLate = now - act > misfire.graceMs;
    // P1: those that are late are few by now.
    if (fires.length >= DECIDED_AT_ONCE && !isLate) return { passed: [], fires, cursorAt, more: true };
    cursorAt = at;
    if (!recorded.has(at)) fires.push({ fireAt: at, actAt: act, isLate, against: whatSpeaksAgainst(question, at) });
  }
  return { passed: [], fires, cursorAt, more: false };
}

/** Of how many misfires the policy has run at most; the newest. */
export function mostMisfires({ policy, limit }: ScheduleRow['plan']['misfire']): number {
  return policy === 'none' ? 0 : policy === 'last' ? 1 : Math.max(0, limit);
}

function whatSpeaksAgainst({ schedule, calendars }: PendingQuestion, fireAt: number): FireReason | null {
  const { plan, pausedUntil } = schedule;
  if (pausedUntil !== null && fireAt < pausedUntil) return pausedReason(pausedUntil);
  return calendarSays(plan.calendars, calendars, fireAt, plan.timezone);
}

/** The oldest fire time that is told of singly, and that the policy may choose; null: there is none before it to be passed over. */
function firstToChooseFrom(question: PendingQuestion): number | null {
  const { schedule, times, recorded } = question;
  const { cursorAt, plan } = schedule;
  const end = firstOnTime(question);
  const misfires = firesBetween(times, { after: cursorAt, upTo: end - 1, limit: TOLD_SINGLY + 1 });
  if (misfires.length <= TOLD_SINGLY) return null;
  let wanted = mostMisfires(plan.misfire);
  let at = end;
  for (let seen = 0; seen < TOLD_SINGLY || (wanted > 0 && seen < CHOSEN_AMONG); seen++) {
    const before = previousFire(times, at);
    if (before === null || before <= cursorAt) return null;
    at = before;
    if (wanted > 0 && !recorded.has(at) && whatSpeaksAgainst(question, at) === null) wanted -= 1;
  }
  return at === misfires[0] ? null : at;
}

/** Each fire time before this one is a misfire, and none from it on: no fire time is acted on before the one before it. */
function firstOnTime({ schedule, times, now }: PendingQuestion): number {
  const { id, cursorAt, plan } = schedule;
  const latest = now - plan.misfire.graceMs;
  let at = nextFire(times, Math.max(cursorAt, latest - plan.jitterMs - 1));
  while (at !== null && at <= now && actAt(id, at, plan.jitterMs) < latest) at = nextFire(times, at);
  return at === null || at > now ? now + 1 : at;
}

/** P2. */
function passOver(question: PendingQuestion, end: number): PendingFires {
  const { schedule, times, recorded } = question;
  const span = { after: schedule.cursorAt, upTo: end - 1, limit: COUNTED_AT_ONCE };
  const passed: PassedFires[] = [];
  let { cursorAt } = schedule;
  let last = null as PassedFires | null;
  for (const at of firesBetween(times, span)) {
    if (recorded.has(at)) last = null;
    else {
      const against = whatSpeaksAgainst(question, at);
      if (last !== null && last.against?.text === against?.text) {
        last = { ...last, throughAt: at, fires: last.fires + 1 };
        passed[passed.length - 1] = last;
      } else {
        if (passed.length >= DECIDED_AT_ONCE) break;
        last = { fireAt: at, throughAt: at, fires: 1, against };
        passed.push(last);
      }
    }
    cursorAt = at;
  }
  return { passed, fires: [], cursorAt, more: true };
}
