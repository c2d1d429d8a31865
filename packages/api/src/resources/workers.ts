/** /workers: who runs tasks, and how they are. */
import { formatDuration } from '@vaquita/core';
import type { WorkerGroupRow, WorkerReader, WorkerRow, WorkerStanding } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import type { WorkerCounts } from '../views/operation.ts';
import { WorkerPage, WorkerQuery, WorkerView } from '../views/worker.ts';
import { assignedGroups, withAllGroups } from '../workers/effective-groups.ts';
import { requireWorker } from '../workers/find-worker.ts';
import { workerWarnings } from '../workers/warnings.ts';
import { isoTime, isoTimeOrNull } from './paging.ts';
import { workerControlEndpoints } from './worker-control.ts';

function slotsUsed(row: WorkerRow): number | null {
  return row.state === 'offline' ? null : (row.stats.slotsUsed ?? null);
}

function toWorkerView(row: WorkerRow, groups: readonly WorkerGroupRow[]): WorkerView {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    groups: [...withAllGroups(row, groups).groups],
    assignedGroups: [...assignedGroups(row.name, groups)],
    labels: { ...row.labels },
    slots: row.slots,
    weight: row.weight,
    slotsUsed: slotsUsed(row),
    agentVersion: row.agentVersion,
    runtime: row.runtime,
    host: row.host,
    taskTypes: [...row.taskTypes],
    sessionTimeout: formatDuration(row.sessionTimeoutMs),
    connectedAt: isoTimeOrNull(row.connectedAt),
    lastHeartbeatAt: isoTimeOrNull(row.lastHeartbeatAt),
    stats: { ...row.stats },
    warnings: [...workerWarnings(row)],
    own: { ...row.own, labels: { ...row.own.labels } },
    logLevel: row.standing?.overrides.logLevel ?? null,
    decision: row.standing && decisionView(row.standing),
    updatedAt: isoTime(row.updatedAt),
  };
}

function decisionView({ availability, by, at, why }: WorkerStanding): NonNullable<WorkerView['decision']> {
  return { availability, by, at: isoTime(at), reason: why };
}

export async function countWorkers(workers: WorkerReader): Promise<WorkerCounts> {
  return countsOf(await workers.list());
}

export function countsOf(rows: readonly WorkerRow[]): WorkerCounts {
  const counts = { online: 0, draining: 0, offline: 0, slots: 0, slotsUsed: 0 };
  for (const row of rows) {
    counts[row.state] += 1;
    if (row.state !== 'online') continue;
    counts.slots += row.slots;
    counts.slotsUsed += slotsUsed(row) ?? 0;
  }
  return counts;
}

export function workerEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { workers, store } = deps;
  const view = async (row: WorkerRow) => toWorkerView(row, await store.workerGroups.all());
  const tag = 'Workers';
  return [
    endpoint({
      method: 'get',
      path: '/api/v1/workers',
      tag,
      access: 'view',
      summary: 'List workers',
      description: 'In order of their ids, which is the order in which they first joined.',
      query: WorkerQuery,
      status: 200,
      answer: WorkerPage,
      async handle({ query }) {
        const [all, groups] = await Promise.all([workers.list(), store.workerGroups.all()]);
        const rows = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
        const rest = rows.filter(
          (row) =>
            (query.cursor === undefined || row.id > query.cursor) &&
            (query.group === undefined || withAllGroups(row, groups).groups.includes(query.group)),
        );
        const items = rest.slice(0, query.limit).map((row) => toWorkerView(row, groups));
        return { items, nextCursor: rest.length > items.length ? items.at(-1)!.id : null };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/workers/{worker}',
      tag,
      access: 'view',
      summary: 'Show a worker, by id or by name',
      status: 200,
      answer: WorkerView,
      async handle({ params }) {
        return view(await requireWorker(workers, params.worker));
      },
    }),
    ...workerControlEndpoints(deps, audit, view),
  ];
}
