/**
 * What a schedule will do, for people to look at before it does. The fire times are those of `nextFire` and what is left out is asked of
 * the same calendars: what is previewed is what fires.
 */
import { calendarSays } from '../calendars/calendar-says.ts';
import type { CalendarId, CalendarRow } from '../calendars/rows.ts';
import { type ClockChange, type ClockMark, clockMark, nextClockChange, zonedText } from './clock-changes.ts';
import { pausedReason } from './fire-texts.ts';
import { actAt } from './jitter.ts';
import { readableTimes, timesOfPlan } from './plan-times.ts';
import type { SchedulePlan } from './rows.ts';
import { nextFire, previousFire, type ScheduleTimes } from './schedule-times.ts';
import { DST_POLICIES, type DstPolicy } from './zoned-search.ts';

export interface Previewed {
  readonly plan: SchedulePlan;
  /** Those that the plan names. */
  readonly calendars: ReadonlyMap<CalendarId, CalendarRow>;
  /** By which its jitter is spread; null for one that is not saved yet, whose jitter is not known. */
  readonly scheduleId: string | null;
  readonly pausedUntil: number | null;
}

export interface PreviewedFire {
  readonly fireAt: number;
  readonly actAt: number;
  /** What clocks of the zone show, with their offset. */
  readonly local: string;
  readonly clocks: ClockMark;
  /** Why it will not run; null: it will. */
  readonly skipped: { readonly code: 'calendar' | 'paused'; readonly text: string } | null;
}

/** The next fire times after a moment, in order; fewer than `count` when the schedule ends, and none when this version cannot read its plan. */
export function previewFires(previewed: Previewed, after: number, count: number): readonly PreviewedFire[] {
  const times = readableTimes(previewed.plan);
  if (times === null) return [];
  const fires: PreviewedFire[] = [];
  for (let at = nextFire(times, after); at !== null && fires.length < count; at = nextFire(times, at)) {
    fires.push(seen(previewed, times, at));
  }
  return fires;
}

/** Why a fire time will not run, as far as that is known beforehand. */
export function whySkipped(
  { plan, calendars, pausedUntil }: Omit<Previewed, 'scheduleId'>,
  fireAt: number,
): PreviewedFire['skipped'] {
  if (pausedUntil !== null && fireAt < pausedUntil) return { code: 'paused', text: pausedReason(pausedUntil).text };
  return calendarSays(plan.calendars, calendars, fireAt, plan.timezone);
}

export interface PreviewedChange {
  readonly change: ClockChange;
  /** The policies differ about it. */
  readonly affected: boolean;
  /** The fire times about it under each policy; a single one, null, of fixed intervals. */
  readonly policies: readonly { readonly dst: DstPolicy | null; readonly fires: readonly PreviewedFire[] }[];
}

/** How far ahead changes are looked for, and how many are told. */
const LOOK_AHEAD_MS = 3 * 366 * 86_400_000;
const CHANGES = 2;

/** Fire times on either side of a change that are shown with it, when they are near enough. */
const SHOWN_BEFORE = 6;
const SHOWN_AFTER = 18;
const NEAR_MS = 3 * 3_600_000;

/** The next two times that clocks of the zone are moved, and what each policy does then. */
export function previewClockChanges(previewed: Previewed, after: number): readonly PreviewedChange[] {
  const changes: PreviewedChange[] = [];
  const { timezone } = previewed.plan;
  const upTo = after + LOOK_AHEAD_MS;
  for (
    let change = nextClockChange(timezone, after, upTo);
    change !== null && changes.length < CHANGES;
    change = nextClockChange(timezone, change.at, upTo)
  ) {
    changes.push(aboutChange(previewed, change));
  }
  return changes;
}

function aboutChange(previewed: Previewed, change: ClockChange): PreviewedChange {
  const { times } = previewed.plan;
  if (times.kind === 'interval') {
    return { change, affected: false, policies: [{ dst: null, fires: firesAbout(previewed, change) }] };
  }
  const under = DST_POLICIES.map((dst) => {
    const plan: SchedulePlan = { ...previewed.plan, times: { ...times, dst } };
    return { dst, plan, fires: firesAbout({ ...previewed, plan }, change) };
  });
  const all = under.map(({ plan }) => timesOfPlan(plan));
  const policies = under.map(({ dst, fires }) => ({ dst, fires }));
  return { change, affected: all.some((one) => differ(one, all[0]!, change)), policies };
}

/** Policies say different things only of what lies between a change and as much later as clocks are moved. */
function differ(one: ScheduleTimes, other: ScheduleTimes, change: ClockChange): boolean {
  const end = change.at + Math.abs(change.toMs - change.fromMs);
  for (let at = change.at - 1; at < end; ) {
    const next = nextFire(one, at);
    if (next !== nextFire(other, at)) return true;
    if (next === null) return false;
    at = next;
  }
  return false;
}

function firesAbout(previewed: Previewed, change: ClockChange): readonly PreviewedFire[] {
  const times = timesOfPlan(previewed.plan);
  const near = NEAR_MS + Math.abs(change.toMs - change.fromMs);
  const found: number[] = [];
  for (
    let at = previousFire(times, change.at);
    at !== null && at >= change.at - near && found.length < SHOWN_BEFORE;
    at = previousFire(times, at)
  ) {
    found.unshift(at);
  }
  const shown = found.length + SHOWN_AFTER;
  for (
    let at = nextFire(times, change.at - 1);
    at !== null && at <= change.at + near && found.length < shown;
    at = nextFire(times, at)
  ) {
    found.push(at);
  }
  return found.map((at) => seen(previewed, times, at));
}

function seen(previewed: Previewed, times: ScheduleTimes, fireAt: number): PreviewedFire {
  const { plan, scheduleId } = previewed;
  return {
    fireAt,
    actAt: scheduleId === null ? fireAt : actAt(scheduleId, fireAt, plan.jitterMs),
    local: zonedText(fireAt, plan.timezone),
    clocks: clockMark(times, fireAt, plan.timezone),
    skipped: whySkipped(previewed, fireAt),
  };
}
