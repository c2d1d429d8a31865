/** GET /forecast: what schedules will run in the days ahead, and what it will take of workers. */
import {
  type CalendarId,
  type Forecast,
  forecast,
  type PastWorkflow,
  type ProjectId,
  type ScheduleRow,
  type WorkflowId,
} from '@vaquita/core';
import type { ScheduleFilter } from '@vaquita/store';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { toForecastView } from '../schedules/forecast-view.ts';
import { ForecastQuery, ForecastView } from '../views/forecast.ts';
import { requireProject } from './lookup.ts';
import { SCHEDULES_TAG } from './schedules.ts';

/** How many of the newest runs of a workflow speak for those that come. */
const PAST_RUNS = 5;
const IDS_AT_ONCE = 500;
const MAX_FIRES = 250_000;
const PAGE = 500;

export function forecastEndpoints(deps: ApiDeps): readonly Endpoint[] {
  const { store, clock } = deps;
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/forecast',
      tag: SCHEDULES_TAG,
      access: 'view',
      summary: 'What schedules will run in the days ahead, and what it will take of workers',
      description:
        `By hour, by project and by worker group. Times of use follow from the newest ${PAST_RUNS} runs of each workflow that succeeded. ` +
        'Each fire time that calendars and pauses do not leave out counts as one run; what starts otherwise is not in it.',
      query: ForecastQuery,
      status: 200,
      answer: ForecastView,
      async handle({ query }) {
        const project = query.project === undefined ? undefined : await requireProject(store, query.project);
        const schedules = await activeSchedules(store, { ...(project ? { projectId: project.id } : {}), online: true });
        const hours = query.days * 24;
        const steps = forecast({
          schedules,
          calendars: await calendarsOf(store, schedules),
          past: await pastOf(store, schedules),
          now: clock.now(),
          hours,
          next: query.next,
          maxFires: MAX_FIRES,
        });
        const projectOf = new Map<WorkflowId, ProjectId>(
          schedules.map(({ workflowId, projectId }) => [workflowId, projectId]),
        );
        return toForecastView(deps, await inPieces(steps, clock), { projectOf, asked: hours });
      },
    }),
  ];
}

/** Whatever else waits for this process is done between the pieces. */
async function inPieces(steps: Generator<void, Forecast>, clock: ApiDeps['clock']): Promise<Forecast> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 0));
  }
}

/** Those that the leader looks at: online, of an online workflow, and not over. */
async function activeSchedules(store: ApiStore, filter: ScheduleFilter): Promise<readonly ScheduleRow[]> {
  const schedules: ScheduleRow[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await store.schedules.list(filter, { limit: PAGE, cursor });
    schedules.push(...page.items.filter(({ dueAt }) => dueAt !== null));
    if (page.next === null) return schedules;
    cursor = page.next;
  }
}

async function calendarsOf({ calendars }: ApiStore, schedules: readonly ScheduleRow[]) {
  const ids = new Set(schedules.flatMap(({ plan }) => [...plan.calendars.include, ...plan.calendars.exclude]));
  const rows = ids.size === 0 ? [] : await calendars.many([...ids]);
  return new Map<CalendarId, (typeof rows)[number]>(rows.map((row) => [row.id, row]));
}

async function pastOf({ runHistory }: ApiStore, schedules: readonly ScheduleRow[]): Promise<readonly PastWorkflow[]> {
  const ids = [...new Set(schedules.map(({ workflowId }) => workflowId))];
  const past: PastWorkflow[] = [];
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    past.push(...(await runHistory.past(ids.slice(at, at + IDS_AT_ONCE), PAST_RUNS)));
  }
  return past;
}
