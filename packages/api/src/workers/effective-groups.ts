/** Workers with all their groups: those that they name themselves, and those that they were put into. */
import type { WorkerGroupRow, WorkerRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';

/** Names of the groups that the worker was put into. */
export function assignedGroups(name: string, groups: readonly WorkerGroupRow[]): readonly string[] {
  return groups.filter(({ workers }) => workers.includes(name)).map((group) => group.name);
}

/** The worker as the leader sees it. */
export function withAllGroups(worker: WorkerRow, groups: readonly WorkerGroupRow[]): WorkerRow {
  const assigned = assignedGroups(worker.name, groups);
  return assigned.length === 0 ? worker : { ...worker, groups: [...new Set([...worker.groups, ...assigned])] };
}

export async function readWorkers({
  workers,
  store,
}: Pick<ApiDeps, 'workers' | 'store'>): Promise<readonly WorkerRow[]> {
  const [rows, groups] = await Promise.all([workers.list(), store.workerGroups.all()]);
  return rows.map((row) => withAllGroups(row, groups));
}
