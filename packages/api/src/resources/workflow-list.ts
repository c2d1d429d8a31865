/** GET /workflows: workflows of one project or of all, each with its newest runs and the schedule that starts it next. */
import { type CalendarId, type CalendarRow, previewFires, type ScheduleRow, type WorkflowId } from '@vaquita/core';
import type { ProjectRow, RunOutline } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { summaryOf } from '../schedules/preview-view.ts';
import {
  LISTED_RUNS,
  LISTED_SCHEDULES,
  type ListedRun,
  type ListedWorkflow,
  WorkflowList,
  WorkflowListQuery,
} from '../views/workflow-list.ts';
import { requireProject } from './lookup.ts';
import { isoTime, isoTimeOrNull, pageRequest } from './paging.ts';
import { toWorkflowView, workflowFilter } from './workflows.ts';

/** Fire times that are looked at for one that is not passed over by a calendar or a pause. */
const LOOK_AHEAD = 20;

export function workflowListEndpoints({ store, clock }: Pick<ApiDeps, 'store' | 'clock'>): readonly Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/workflows',
      tag: 'Workflows',
      access: 'view',
      summary: 'List workflows by name, with their newest runs and what starts them next',
      query: WorkflowListQuery,
      status: 200,
      answer: WorkflowList,
      async handle({ query }) {
        const project = query.project === undefined ? undefined : await requireProject(store, query.project);
        const of = project === undefined ? {} : { projectId: project.id };
        const page = await store.workflows.list({ ...of, ...workflowFilter(query) }, pageRequest(query));
        const ids = page.items.map(({ id }) => id);
        const [projects, runs, schedules] = await Promise.all([
          project === undefined ? projectsOf(page.items) : new Map([[project.id, project]]),
          store.workflowLinks.newestRuns(ids, LISTED_RUNS),
          schedulesOf(ids),
        ]);
        const runsOf = Map.groupBy(runs, ({ workflowId }) => workflowId);
        const items = page.items.flatMap((row): ListedWorkflow[] => {
          const home = projects.get(row.projectId);
          // Its project was deleted meanwhile, and so it was.
          if (home === undefined) return [];
          const own = schedules.get(row.id) ?? [];
          return [
            {
              ...toWorkflowView(row, home),
              runs: (runsOf.get(row.id) ?? []).map(toListedRun),
              schedule: nextOf(row.online ? own : own.map((one) => ({ ...one, nextAt: null }))),
              scheduleCount: own.length,
            },
          ];
        });
        return { items, nextCursor: page.next };
      },
    }),
  ];

  /** One look-up for each project of the page. */
  async function projectsOf(rows: readonly { readonly projectId: string }[]): Promise<ReadonlyMap<string, ProjectRow>> {
    const ids = [...new Set(rows.map(({ projectId }) => projectId))];
    const found = await Promise.all(ids.map((id) => store.projects.find(id)));
    return new Map(found.flatMap((row) => (row === undefined ? [] : [[row.id, row] as const])));
  }

  async function schedulesOf(ids: readonly WorkflowId[]): Promise<ReadonlyMap<WorkflowId, readonly Timed[]>> {
    const rows = await store.schedules.ofWorkflows(ids, LISTED_SCHEDULES);
    const named = rows.flatMap(({ plan }) => [...plan.calendars.include, ...plan.calendars.exclude]);
    const calendarRows = named.length === 0 ? [] : await store.calendars.many([...new Set(named)]);
    const calendars = new Map(calendarRows.map((row) => [row.id, row]));
    const now = clock.now();
    return Map.groupBy(
      rows.map((row) => ({ row, nextAt: row.online ? nextAt(row, calendars, now) : null })),
      ({ row }) => row.workflowId,
    );
  }
}

interface Timed {
  readonly row: ScheduleRow;
  readonly nextAt: number | null;
}

function nextAt(
  { plan, id, pausedUntil }: ScheduleRow,
  calendars: ReadonlyMap<CalendarId, CalendarRow>,
  now: number,
): number | null {
  const from = Math.max(now, (pausedUntil ?? 0) - 1);
  const previewed = { plan, calendars, scheduleId: id, pausedUntil };
  for (const count of [1, LOOK_AHEAD]) {
    const fires = previewFires(previewed, from, count);
    const next = fires.find(({ skipped }) => skipped === null);
    if (next !== undefined) return next.fireAt;
  }
  return null;
}

function nextOf(schedules: readonly Timed[]): ListedWorkflow['schedule'] {
  const byName = schedules.toSorted((a, b) => (a.row.name < b.row.name ? -1 : 1));
  const due = byName.filter(({ nextAt }) => nextAt !== null).sort((a, b) => a.nextAt! - b.nextAt!);
  const first = due[0] ?? byName[0];
  if (first === undefined) return null;
  const { id, name, online, plan } = first.row;
  return { id, name, online, summary: summaryOf(plan) ?? { en: '', zh: '' }, nextAt: isoTimeOrNull(first.nextAt) };
}

function toListedRun({ id, number, state, createdAt, startedAt, endedAt }: RunOutline): ListedRun {
  const times = { startedAt: isoTimeOrNull(startedAt), endedAt: isoTimeOrNull(endedAt) };
  return { id, number, state, createdAt: isoTime(createdAt), ...times };
}
