/** A forecast as the API shows it. Times of use come as whole seconds. */
import type { Forecast, HourlyLoad, ProjectId, WorkflowId } from '@vaquita/core';
import type { WorkflowRow } from '@vaquita/store';
import type { ApiDeps, ApiStore } from '../deps.ts';
import { isoTime } from '../resources/paging.ts';
import type { ForecastView } from '../views/forecast.ts';
import { readWorkers } from '../workers/effective-groups.ts';

const HOUR_MS = 3_600_000;
/** Of workflows without a history, those with the most runs. */
const MAX_UNKNOWN = 100;

export interface ForecastNames {
  readonly projectOf: ReadonlyMap<WorkflowId, ProjectId>;
  readonly asked: number;
}

export async function toForecastView(
  deps: Pick<ApiDeps, 'store' | 'workers'>,
  seen: Forecast,
  { projectOf, asked }: ForecastNames,
): Promise<ForecastView> {
  const unknown = [...seen.unknown].sort(([, a], [, b]) => b - a);
  const workflowIds = new Set([
    ...unknown.slice(0, MAX_UNKNOWN).map(([id]) => id),
    ...seen.next.map(({ schedule }) => schedule.workflowId),
  ]);
  const [projects, workflows, slots] = await Promise.all([
    projectNames(deps.store, seen),
    workflowNames(deps.store, workflowIds, projectOf),
    slotsOfGroups(deps),
  ]);
  const named = (workflowId: WorkflowId, projectId: ProjectId) => ({
    ...{ projectId, projectName: projects.get(projectId) ?? '' },
    ...{ workflowId, workflowName: workflows.get(workflowId) ?? '' },
  });
  return {
    from: isoTime(seen.from),
    until: isoTime(seen.from + seen.hours * HOUR_MS),
    cutShort: seen.hours < asked ? whyCutShort(seen.hours) : null,
    hours: seen.hours,
    total: { ...sumOf(seen.total), skipped: seen.skipped, unknown: unknown.reduce((sum, [, runs]) => sum + runs, 0) },
    byHour: toByHour(seen.total),
    projects: [...seen.projects]
      .map(([id, load]) => ({ id, name: projects.get(id) ?? '', ...sumOf(load), byHour: toByHour(load) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    workerGroups: [...seen.workerGroups]
      .map(([name, load]) => ({ name, slots: slots.get(name) ?? 0, ...sumOf(load), byHour: toByHour(load) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    withoutHistory: unknown.slice(0, MAX_UNKNOWN).map(([id, runs]) => ({ ...named(id, projectOf.get(id)!), runs })),
    next: seen.next.map(({ schedule, fireAt, actAt, durationMs }) => ({
      at: isoTime(fireAt),
      actAt: isoTime(actAt),
      scheduleId: schedule.id,
      scheduleName: schedule.name,
      ...named(schedule.workflowId, schedule.projectId),
      seconds: durationMs === null ? null : toSeconds(durationMs),
    })),
  };
}

function whyCutShort(hours: number): string {
  if (hours === 0) return 'There are too many fire times in the next hour to look at. Ask for one project.';
  const far = hours % 24 === 0 ? `${hours / 24} days` : `${hours} hours`;
  return `There are too many fire times to look further than ${far}. Ask for one project to see more of it.`;
}

function toSeconds(ms: number): number {
  return Math.round(ms / 1_000);
}

function sumOf({ runs, slotMs }: HourlyLoad) {
  const sum = (values: readonly number[]) => values.reduce((whole, value) => whole + value, 0);
  return { runs: sum(runs), slotSeconds: toSeconds(sum(slotMs)) };
}

function toByHour({ runs, slotMs }: HourlyLoad) {
  return { runs, slotSeconds: slotMs.map(toSeconds) };
}

async function projectNames(store: ApiStore, { projects, next }: Forecast): Promise<ReadonlyMap<ProjectId, string>> {
  const ids = [...new Set([...projects.keys(), ...next.map(({ schedule }) => schedule.projectId)])];
  const rows = await Promise.all(ids.map((id) => store.projects.find(id)));
  return new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.id, row.name] as const])));
}

async function workflowNames(
  store: ApiStore,
  ids: ReadonlySet<WorkflowId>,
  projectOf: ReadonlyMap<WorkflowId, ProjectId>,
): Promise<ReadonlyMap<WorkflowId, string>> {
  const rows = await Promise.all([...ids].map((id) => store.workflows.find(projectOf.get(id)!, id)));
  return new Map(
    rows.flatMap((row: WorkflowRow | undefined) => (row === undefined ? [] : [[row.id, row.name] as const])),
  );
}

/** Of workers that would take tasks now. */
async function slotsOfGroups(deps: Pick<ApiDeps, 'store' | 'workers'>): Promise<ReadonlyMap<string, number>> {
  const slots = new Map<string, number>();
  for (const worker of await readWorkers(deps)) {
    if (worker.state !== 'online') continue;
    for (const group of worker.groups) slots.set(group, (slots.get(group) ?? 0) + worker.slots);
  }
  return slots;
}
