/** Who the servers are, as each of them sees it. */
import { describe, expect, test } from 'vitest';
import { LEADER_LOCK } from '../../keys.ts';
import { formatServerNode, serverNodeKey } from '../../server-node.ts';
import { createSqlCluster } from '../../sql/cluster.ts';
import { TEST_NOW } from '../backends.ts';
import { actorOf, register, type Subject, TIMEOUT_MS } from './subject.ts';

export function describeCluster(subject: Subject): void {
  const reader = () => createSqlCluster(subject.world.backend.driver!, { now: TEST_NOW });
  const node = (id: string) => ({ name: id, url: `http://${id}`, version: '1', startedAt: '2026-03-01T11:00:00.000Z' });

  async function join(...ids: string[]): Promise<void> {
    await register(subject, ...ids);
    for (const id of ids) {
      const value = formatServerNode(node(id));
      await subject.world.store.data.put(actorOf(id), { key: serverNodeKey(id), value, kind: 'ephemeral' });
    }
  }

  describe('the servers', () => {
    test('are those that have told of themselves, with the term of the one that leads', async () => {
      const { world } = subject;
      await join('a', 'b');
      await register(subject, 'starting');
      await world.store.data.put(actorOf('a'), { key: '/nodes/server/odd', value: 'none', kind: 'ephemeral' });
      await world.store.locks.take(actorOf('b'), LEADER_LOCK, 'b');
      await world.advance(1_000);
      expect(await reader().servers()).toEqual([
        { id: 'a', ...node('a'), expiresInMs: TIMEOUT_MS - 1_000, epoch: null },
        { id: 'b', ...node('b'), expiresInMs: TIMEOUT_MS - 1_000, epoch: 1 },
      ]);
      expect(await reader().now()).toBe(world.clock.now());
    });

    test('that are dead do not lead, before they are buried either', async () => {
      const { world } = subject;
      await join('a');
      await world.store.locks.take(actorOf('a'), LEADER_LOCK, 'a');
      await world.advance(TIMEOUT_MS + 1);
      expect(await reader().servers()).toMatchObject([{ id: 'a', expiresInMs: -1, epoch: null }]);
    });
  });
}
