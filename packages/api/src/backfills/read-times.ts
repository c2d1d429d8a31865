/** From the times of a request to business times: cut, listed, or those of a schedule. */
import {
  type BackfillTimes,
  type CalendarId,
  calendarSays,
  cutRange,
  isTimezone,
  nextFire,
  type Problem,
  parseMoment,
  type ScheduleId,
  type ScheduleRow,
  timesOfPlan,
  type WorkflowDefinition,
} from '@vaquita/core';
import type { WorkflowRow } from '@vaquita/store';
import type * as z from 'zod';
import type { ApiDeps } from '../deps.ts';
import type { BackfillTimesInput } from '../views/backfill.ts';

type Given = z.output<typeof BackfillTimesInput>;
type OfKind<Kind extends Given['kind']> = Extract<Given, { readonly kind: Kind }>;

export interface ReadTimes {
  /** Each once, earliest first. */
  readonly times: readonly number[];
  readonly asked: BackfillTimes;
  readonly scheduleId: ScheduleId | null;
  /** Null: each run has that of its definition. */
  readonly timezone: string | null;
  readonly notes: readonly string[];
}

export interface TimesContext {
  readonly deps: Pick<ApiDeps, 'store' | 'clock' | 'settings'>;
  readonly workflow: WorkflowRow;
  readonly definition: WorkflowDefinition;
}

/** Fire times are counted so many times the limit before it is said that there are more. */
const COUNTED = 10;

/** @returns problems with paths within the times. */
export async function readTimes(
  given: Given,
  context: TimesContext,
): Promise<ReadTimes | { readonly problems: readonly Problem[] }> {
  if (given.kind === 'schedule') return timesOfSchedule(given, context);
  if (given.timezone !== undefined && !isTimezone(given.timezone)) {
    return wrong('timezone', `There is no time zone "${given.timezone}"; write a name such as Europe/Berlin`);
  }
  const zone = given.timezone ?? context.definition.timezone;
  const timezone = given.timezone ?? null;
  const limit = context.deps.settings.maxBackfillItems;
  if (given.kind === 'list') {
    const read = given.times.map((text) => parseMoment(text, zone));
    const problems = read.flatMap((at, n) => (at === undefined ? [notAMoment(`times[${n}]`, given.times[n]!)] : []));
    if (problems.length > 0) return { problems };
    const times = [...new Set(read as number[])].sort((a, b) => a - b);
    if (times.length > limit) return tooMany(`${times.length}`, limit);
    return { times, asked: { kind: 'list' }, scheduleId: null, timezone, notes: [] };
  }
  const window = readWindow(given, zone);
  if ('problems' in window) return window;
  const range = { ...window, every: given.every, timezone: zone };
  const cut = cutRange(range, limit);
  if ('problem' in cut) return { problems: [cut.problem] };
  if ('tooMany' in cut) return tooMany(`about ${cut.tooMany}`, limit);
  return { times: cut.times, asked: { kind: 'range', ...range }, scheduleId: null, timezone, notes: [] };
}

type Refused = { readonly problems: readonly Problem[] };

async function timesOfSchedule(given: OfKind<'schedule'>, context: TimesContext): Promise<ReadTimes | Refused> {
  const { deps, workflow } = context;
  const schedule = await findSchedule(given.schedule, context);
  if (schedule === undefined) {
    return wrong('schedule', `The workflow “${workflow.name}” has no schedule “${given.schedule}”`);
  }
  const { timezone } = schedule.plan;
  const window = readWindow(given, timezone);
  if ('problems' in window) return window;
  const now = deps.clock.now();
  const notes: string[] = [];
  if (window.to > now) notes.push('Fire times that lie ahead are left to the schedule.');
  const limit = deps.settings.maxBackfillItems;
  const fires = firesOf(schedule, { from: window.from, to: Math.min(window.to, now + 1) }, limit * COUNTED + 1);
  if (fires.length > limit * COUNTED) return tooMany(`more than ${limit * COUNTED}`, limit);

  const calendars = await calendarsOf(deps, schedule);
  const allowed = fires.filter((at) => calendarSays(schedule.plan.calendars, calendars, at, timezone) === null);
  if (allowed.length < fires.length) {
    notes.push(`${fires.length - allowed.length} fire times are left out by calendars of the schedule.`);
  }
  const times = given.only === 'gaps' ? await gapsAmong(allowed, context, notes) : allowed;
  if (times.length > limit) return tooMany(`${times.length}`, limit);
  const { id, name } = schedule;
  const asked = { kind: 'schedule' as const, scheduleId: id, scheduleName: name, only: given.only, ...window };
  return { times, asked, scheduleId: id, timezone, notes };
}

/** Fire times without a run that has succeeded, or that may yet. */
async function gapsAmong(
  times: readonly number[],
  { deps, workflow }: TimesContext,
  notes: string[],
): Promise<readonly number[]> {
  const runs = await deps.store.backfillSources.runsAt(workflow.id, times);
  const done = new Set(runs.filter(({ state }) => state === 'success').map(({ businessTime }) => businessTime));
  const open = new Set(runs.map(({ businessTime }) => businessTime).filter((at) => !done.has(at)));
  if (open.size > 0) notes.push(`${open.size} fire times have a run that has not ended; they are no gaps.`);
  return times.filter((at) => !done.has(at) && !open.has(at));
}

async function findSchedule(idOrName: string, { deps, workflow }: TimesContext): Promise<ScheduleRow | undefined> {
  const byId = await deps.store.schedules.find(idOrName);
  if (byId?.workflowId === workflow.id) return byId;
  return deps.store.schedules.findByName(workflow.id, idOrName);
}

async function calendarsOf({ store }: Pick<ApiDeps, 'store'>, { plan }: ScheduleRow) {
  const ids: readonly CalendarId[] = [...plan.calendars.include, ...plan.calendars.exclude];
  const rows = ids.length === 0 ? [] : await store.calendars.many([...new Set(ids)]);
  return new Map(rows.map((row) => [row.id, row]));
}

function firesOf(schedule: ScheduleRow, { from, to }: { from: number; to: number }, limit: number): readonly number[] {
  const times = timesOfPlan(schedule.plan);
  const fires: number[] = [];
  for (let at = nextFire(times, from - 1); at !== null && at < to && fires.length < limit; at = nextFire(times, at)) {
    fires.push(at);
  }
  return fires;
}

function readWindow(
  given: { readonly from: string; readonly to: string },
  zone: string,
): { readonly from: number; readonly to: number } | Refused {
  const [from, to] = [parseMoment(given.from, zone), parseMoment(given.to, zone)];
  if (from === undefined) return { problems: [notAMoment('from', given.from)] };
  if (to === undefined) return { problems: [notAMoment('to', given.to)] };
  if (to <= from) return wrong('to', 'Must be later than `from`: it is the first moment that is not in it any more');
  return { from, to };
}

function notAMoment(path: string, text: string): Problem {
  return { path, message: `"${text}" is not a time; write 2026-03-01, 2026-03-01T06:00 or 2026-03-01T06:00:00Z` };
}

function wrong(path: string, message: string): Refused {
  return { problems: [{ path, message }] };
}

function tooMany(count: string, limit: number): Refused {
  return wrong('', `These are ${count} times; one backfill is made of at most ${limit} runs. Choose a shorter range`);
}
