/** Rows of schedules and of their fire times as the API shows them. */
import { type CalendarId, previewFires, type ScheduleFireRow, type ScheduleRow } from '@vaquita/core';
import type { ProjectRow, WorkflowRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { isoTime, isoTimeOrNull } from '../resources/paging.ts';
import { toStartChoicesView } from '../runs/start-choices.ts';
import type { FireView, ScheduleView } from '../views/schedule.ts';
import { toPlanView } from './plan-request.ts';
import { summaryOf, toFireTimeView } from './preview-view.ts';

const NEXT_FIRES = 3;

export function toFireView(row: ScheduleFireRow): FireView {
  const { reasonCode, reason } = row;
  return {
    fireAt: isoTime(row.fireAt),
    throughAt: isoTime(row.throughAt),
    fires: row.fires,
    outcome: row.outcome,
    reason: reasonCode === null ? null : { code: reasonCode, text: reason ?? '' },
    workflowInstanceId: row.workflowInstanceId,
    actAt: isoTime(row.actAt),
    decidedAt: isoTime(row.decidedAt),
  };
}

/** In the order of the rows. What they name is read once for all of them. */
export async function toScheduleViews(
  { store, clock }: Pick<ApiDeps, 'store' | 'clock'>,
  rows: readonly ScheduleRow[],
): Promise<ScheduleView[]> {
  const calendarIds = rows.flatMap(({ plan }) => [...plan.calendars.include, ...plan.calendars.exclude]);
  const [calendarRows, lastFires, projects] = await Promise.all([
    calendarIds.length === 0 ? [] : store.calendars.many([...new Set(calendarIds)]),
    store.schedules.lastFires(rows.map(({ id }) => id)),
    byId<ProjectRow>(rows.map(({ projectId }) => [projectId, () => store.projects.find(projectId)])),
  ]);
  const workflows = await byId<WorkflowRow>(
    rows.map(({ projectId, workflowId }) => [workflowId, () => store.workflows.find(projectId, workflowId)]),
  );
  const calendars = new Map<CalendarId, (typeof calendarRows)[number]>(calendarRows.map((row) => [row.id, row]));
  const lastOf = new Map<string, ScheduleFireRow>(lastFires.map((fire) => [fire.scheduleId, fire]));
  const now = clock.now();

  return rows.map((row) => {
    const workflow = workflows.get(row.workflowId);
    const last = lastOf.get(row.id);
    const fires = row.online && workflow?.online === true;
    const previewed = { plan: row.plan, calendars, scheduleId: row.id, pausedUntil: row.pausedUntil };
    return {
      id: row.id,
      projectId: row.projectId,
      projectName: projects.get(row.projectId)?.name ?? '',
      workflowId: row.workflowId,
      workflowName: workflow?.name ?? '',
      name: row.name,
      description: row.description,
      plan: toPlanView(row.plan, calendars),
      start: toStartChoicesView(row.start),
      summary: summaryOf(row.plan) ?? { en: '', zh: '' },
      online: row.online,
      workflowOnline: workflow?.online ?? false,
      pausedUntil: row.pausedUntil !== null && row.pausedUntil > now ? isoTimeOrNull(row.pausedUntil) : null,
      nextFires: fires ? previewFires(previewed, now, NEXT_FIRES).map(toFireTimeView) : [],
      lastFire: last === undefined ? null : toFireView(last),
      problem: row.problem && { text: row.problem.text, since: isoTime(row.problem.since) },
      revision: row.revision,
      createdBy: row.createdBy,
      createdAt: isoTime(row.createdAt),
      updatedBy: row.updatedBy,
      updatedAt: isoTime(row.updatedAt),
    };
  });
}

/** Each id is looked up once. */
async function byId<Row>(
  lookups: readonly (readonly [string, () => Promise<Row | undefined>])[],
): Promise<ReadonlyMap<string, Row>> {
  const found = await Promise.all([...new Map(lookups)].map(async ([id, find]) => [id, await find()] as const));
  return new Map(found.flatMap(([id, row]) => (row === undefined ? [] : [[id, row] as const])));
}
