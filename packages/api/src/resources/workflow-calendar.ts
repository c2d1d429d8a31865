/** …/{workflow}/calendar: days of business times by the outcome of their runs, and the runs of a day. */
import { AppError, compileWorkflow, cutRange, isTimezone, type Problem, parseMoment } from '@vaquita/core';
import type { RunOutline, Span, WorkflowRow } from '@vaquita/store';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import {
  CalendarQuery,
  type DayRun,
  DayRunPage,
  DayRunsQuery,
  MAX_CALENDAR_DAYS,
  WorkflowCalendarView,
} from '../views/workflow-past.ts';
import { requireWorkflow } from './lookup.ts';
import { isoTime, isoTimeOrNull, pageRequest, toPage } from './paging.ts';
import { requireVersion } from './workflow-versions.ts';

const PATH = '/api/v1/projects/{project}/workflows/{workflow}/calendar';
/** As many days are counted in one read: others of the database get their turn between the reads. */
const DAYS_AT_ONCE = 31;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function workflowCalendarEndpoints({ store }: Pick<ApiDeps, 'store'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: PATH,
      tag: 'Workflows',
      access: 'view',
      summary: 'Days by the outcome of their runs',
      description:
        'A run is of the day of its business time, so a backfill fills the days that it is for. Dry runs do not count.',
      query: CalendarQuery,
      status: 200,
      answer: WorkflowCalendarView,
      async handle({ params, query }) {
        const { workflow } = await requireWorkflow(store, params);
        const timezone = await zoneOf(store, workflow, query.timezone);
        const days = daysOf(query, timezone);
        const counts: { readonly [state: string]: number }[] = [];
        for (let at = 0; at < days.length; at += DAYS_AT_ONCE) {
          counts.push(...(await store.workflowFigures.counts(workflow.id, days.slice(at, at + DAYS_AT_ONCE))));
        }
        return {
          timezone,
          days: days.flatMap(({ day }, at) => {
            const states = counts[at]!;
            const runs = Object.values(states).reduce((sum, n) => sum + n, 0);
            return runs === 0 ? [] : [{ day, runs, states }];
          }),
        };
      },
    }),
    endpoint({
      method: 'get',
      path: `${PATH}/{day}`,
      tag: 'Workflows',
      access: 'view',
      summary: 'The runs of a day, latest business time first',
      query: DayRunsQuery,
      status: 200,
      answer: DayRunPage,
      async handle({ params, query }) {
        const { workflow } = await requireWorkflow(store, params);
        if (!DAY.test(params.day))
          throw new AppError('bad_request', `“${params.day}” is not a day such as 2026-03-01.`);
        const timezone = await zoneOf(store, workflow, query.timezone);
        const [span] = daysOf({ from: params.day, to: params.day }, timezone);
        return toPage(await store.workflowFigures.within(workflow.id, span!, pageRequest(query)), toDayRun);
      },
    }),
  ];
}

async function zoneOf(store: ApiStore, workflow: WorkflowRow, asked: string | undefined): Promise<string> {
  if (asked === undefined)
    return compileWorkflow((await requireVersion(store, workflow, workflow.version)).document).timezone;
  if (isTimezone(asked)) return asked;
  throw wrong({ path: 'timezone', message: `There is no time zone "${asked}"; write a name such as Europe/Berlin` });
}

type DaySpan = Span & { readonly day: string };

/** Days as clocks of the zone have them: where those are moved, one is longer or shorter. */
function daysOf({ from, to }: { readonly from: string; readonly to: string }, timezone: string): readonly DaySpan[] {
  const first = parseMoment(from, timezone);
  const end = parseMoment(dayAfter(to), timezone);
  if (first === undefined) throw wrong({ path: 'from', message: 'No calendar has this day.' });
  if (end === undefined) throw wrong({ path: 'to', message: 'No calendar has this day.' });
  if (end <= first) throw wrong({ path: 'to', message: 'Must not be before from.' });
  const cut = cutRange({ from: first, to: end, every: 'day', timezone }, MAX_CALENDAR_DAYS);
  if (!('times' in cut))
    throw wrong({ path: 'to', message: `Must be at most ${MAX_CALENDAR_DAYS} days from the first on.` });
  return cut.times.map((at, n) => ({
    ...{ from: at, to: cut.times[n + 1] ?? end },
    day: new Date(Date.parse(from) + n * 86_400_000).toISOString().slice(0, 10),
  }));
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

function wrong(problem: Problem): AppError {
  return new AppError('bad_request', problem.message, { problems: [problem] });
}

function toDayRun(run: RunOutline): DayRun {
  const { id, number, version, state } = run;
  return {
    ...{ id, number, version, state },
    businessTime: isoTime(run.businessTime),
    createdAt: isoTime(run.createdAt),
    startedAt: isoTimeOrNull(run.startedAt),
    endedAt: isoTimeOrNull(run.endedAt),
  };
}
