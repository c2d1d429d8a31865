import type { WorkerId } from '@vaquita/core';
import { createMemoryStore } from '@vaquita/store/testing';
import { expect, it } from 'vitest';
import { withLiveFigures } from './live-workers.ts';

it('shows the figures that the leader has, and what the database has of workers that are not connected here', async () => {
  const store = createMemoryStore();
  store.leader.set(1);
  for (const id of ['here', 'away']) {
    await store.master.workers.upsert(
      1,
      {
        ...{ id: id as WorkerId, name: id, groups: ['default'], labels: {}, slots: 4, weight: 1, state: 'online' },
        ...{
          agentVersion: '0.1.0',
          runtime: 'node',
          host: 'h',
          taskTypes: [],
          sessionTimeoutMs: 30_000,
          connectedAt: 1,
        },
        ...{ lastHeartbeatAt: 5, stats: { load: 1 }, updatedAt: 5 },
      },
      'It has joined.',
    );
  }
  const workers = withLiveFigures(store.workers, (id) => (id === 'here' ? { at: 9, stats: { load: 2 } } : undefined));
  const figures = (await workers.list()).map(({ id, lastHeartbeatAt, stats }) => [id, lastHeartbeatAt, stats.load]);
  expect(figures).toEqual([
    ['away', 5, 1],
    ['here', 9, 2],
  ]);
  expect(await workers.get('here')).toMatchObject({ lastHeartbeatAt: 9, stats: { load: 2 } });
  expect(await workers.get('gone')).toBeUndefined();
});
