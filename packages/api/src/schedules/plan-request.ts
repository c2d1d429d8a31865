/** Between a plan as people send and read it and one as it is kept. */
import {
  type CalendarId,
  type CalendarRow,
  checkPlan,
  formatDuration,
  type PlanProblem,
  parseCron,
  parseDuration,
  type SchedulePlan,
  usualDstPolicy,
} from '@vaquita/core';
import type * as z from 'zod';
import type { ApiStore } from '../deps.ts';
import { isoTime, isoTimeOrNull } from '../resources/paging.ts';
import type { SchedulePlanRequest, SchedulePlanView } from '../views/schedule.ts';

type Request = z.output<typeof SchedulePlanRequest>;

export interface ReadPlan {
  /** As far as it was understood; to be kept only without problems. */
  readonly plan: SchedulePlan;
  /** Those that it names, by id. */
  readonly calendars: ReadonlyMap<CalendarId, CalendarRow>;
  /** Paths are those within the plan. */
  readonly problems: readonly PlanProblem[];
  readonly warnings: readonly string[];
}

export interface PlanContext {
  readonly store: Pick<ApiStore, 'calendars'>;
  readonly now: number;
  /** What is kept now, when it is about to change. */
  readonly before?: SchedulePlan;
}

export async function readPlan(request: Request, { store, now, before }: PlanContext): Promise<ReadPlan> {
  const problems: PlanProblem[] = [];
  const wrong = (path: string, message: string): void => void problems.push({ path, message, cron: null });
  const duration = (path: string, text: string): number => {
    const ms = parseDuration(text);
    if (ms === undefined) wrong(path, `"${text}" is not a duration such as 30s, 10m, 2h`);
    return ms ?? 0;
  };
  const unreadable = new Set<string>();
  const checked = (path: string, text: string): number => {
    const before = problems.length;
    const ms = duration(path, text);
    if (problems.length > before) unreadable.add(path);
    return ms;
  };

  const calendars = new Map<CalendarId, CalendarRow>();
  async function calendarIds(list: 'include' | 'exclude'): Promise<readonly CalendarId[]> {
    const found = await Promise.all(request.calendars[list].map((idOrName) => store.calendars.find(idOrName)));
    for (const [index, row] of found.entries()) {
      if (row !== undefined) calendars.set(row.id, row);
      else wrong(`calendars.${list}[${index}]`, `There is no calendar “${request.calendars[list][index]}”`);
    }
    return [...new Set(found.flatMap((row) => row?.id ?? []))];
  }

  const from = toInstant(request.from);
  const plan: SchedulePlan = {
    times: readTimes(request, { from, now, before, checked, wrong }),
    timezone: request.timezone,
    from,
    to: toInstant(request.to),
    jitterMs: checked('jitter', request.jitter),
    calendars: { include: await calendarIds('include'), exclude: await calendarIds('exclude') },
    misfire: {
      policy: request.misfire.policy,
      limit: request.misfire.limit,
      graceMs: checked('misfire.grace', request.misfire.grace),
    },
    overlap: request.overlap,
  };
  const contradicted = problems.some(({ path }) => path === 'cron' || path === 'every');
  const check = checkPlan(plan, now);
  const own = check.problems.filter(({ path }) => !unreadable.has(path) && !(contradicted && isOfTimes(path)));
  return { plan, calendars, problems: [...problems, ...own], warnings: check.warnings };
}

function isOfTimes(path: string): boolean {
  return path === 'cron' || path === 'every' || path === 'jitter';
}

interface TimesContext {
  readonly from: number | null;
  readonly now: number;
  readonly before: SchedulePlan | undefined;
  checked(path: string, text: string): number;
  wrong(path: string, message: string): void;
}

function readTimes({ cron, every, dst, anchorAt }: Request, context: TimesContext): SchedulePlan['times'] {
  const { from, now, before, checked, wrong } = context;
  const cronGiven = cron !== null && cron !== undefined;
  const everyGiven = every !== null && every !== undefined;
  if (cronGiven && everyGiven) wrong('every', 'Give either `cron` or `every`: a schedule has one of them');
  if (!cronGiven && !everyGiven) wrong('cron', 'Give `cron`, such as 30 2 * * *, or `every`, such as 15m');
  if (everyGiven) {
    const kept = before?.times.kind === 'interval' ? before.times.anchorAt : null;
    const anchor = toInstant(anchorAt) ?? from ?? kept ?? now;
    return { kind: 'interval', everyMs: checked('every', every), anchorAt: Math.floor(anchor / 1_000) * 1_000 };
  }
  if (anchorAt) wrong('anchorAt', 'Only fixed intervals have a first fire time; leave it out, or give `every`');
  const expression = cron ?? '';
  const reading = parseCron(expression);
  return { kind: 'cron', expression, dst: dst ?? (reading.ok ? usualDstPolicy(reading) : 'run_once') };
}

function toInstant(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text);
}

export function toPlanView(plan: SchedulePlan, calendars: ReadonlyMap<CalendarId, CalendarRow>): SchedulePlanView {
  const { times } = plan;
  const names = (ids: readonly CalendarId[]) => ids.map((id) => calendars.get(id)?.name ?? id);
  return {
    cron: times.kind === 'cron' ? times.expression : null,
    dst: times.kind === 'cron' ? times.dst : null,
    every: times.kind === 'interval' ? formatDuration(times.everyMs) : null,
    anchorAt: times.kind === 'interval' ? isoTime(times.anchorAt) : null,
    timezone: plan.timezone,
    from: isoTimeOrNull(plan.from),
    to: isoTimeOrNull(plan.to),
    jitter: formatDuration(plan.jitterMs),
    calendars: { include: names(plan.calendars.include), exclude: names(plan.calendars.exclude) },
    misfire: {
      policy: plan.misfire.policy,
      limit: plan.misfire.limit,
      grace: formatDuration(plan.misfire.graceMs),
    },
    overlap: { ...plan.overlap },
  };
}
