/** The servers of the cluster, as an administrator sees them. */
import { formatDuration } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';
import type { ServerView, WorkerCounts } from '../views/operation.ts';

export async function listServers(
  { cluster, serverId }: Pick<ApiDeps, 'cluster' | 'serverId'>,
  { online, draining }: WorkerCounts,
): Promise<ServerView[]> {
  const servers = await cluster.servers();
  return servers.map(({ id, name, url, version, startedAt, epoch, expiresInMs, clockAheadMs }) => ({
    ...{ id, name, url, version, startedAt, epoch },
    answering: id === serverId,
    leader: epoch !== null,
    leaseLeft: expiresInMs < 0 ? null : formatDuration(expiresInMs),
    clockAheadMs: clockAheadMs ?? null,
    workers: epoch === null ? 0 : online + draining,
  }));
}
