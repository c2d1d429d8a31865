/** Two servers, of which the first leads. */
import type { ServerId } from '@vaquita/core';
import type { ClusterReader } from '@vaquita/registry';

const STARTED_AT = '2026-03-01T11:00:00.000Z';

export function createFakeCluster(): ClusterReader {
  const said = { version: '0.1.0', startedAt: STARTED_AT };
  return {
    servers: async () => [
      {
        ...said,
        id: 'server-1' as ServerId,
        name: 'one:8080',
        url: 'http://one:8080',
        expiresInMs: 8_000,
        epoch: 3,
        clockAheadMs: -12,
      },
      { ...said, id: 'server-2' as ServerId, name: 'two:8080', url: null, expiresInMs: -1, epoch: null },
    ],
    now: async () => Date.parse(STARTED_AT),
  };
}
