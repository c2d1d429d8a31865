/** What the reference's own suite of registries was recorded to expect, with its differences to ours. */
import { describe, expect, test } from 'vitest';
import vectors from './registry.vectors.json' with { type: 'json' };
import { type Subject, told } from './subject.ts';

/** By the method of the reference: how ours differs, and why. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  testConnectUntilTimeout: 'a client is handed out when it is connected, or not at all: there is nothing to wait for',
  testSubscribe: 'changes between two looks are not made one: each is told, without a pause between the writes',
  testAddConnectionStateListener:
    'a client that is not connected yet is in nobody’s hands: its first state is connected',
  testDelete: 'the same, and it says whether there was something',
  testAcquireLock: 'who it is within a client is said by a name, not by its thread, and releasing is counted',
  testAcquireLock_withTimeout: 'as for testAcquireLock; who could not have the lock gets null',
  testReleaseLock: 'as for testAcquireLock; releasing what is not held is an error',
  'LockUtilsTest#getLockOwner': 'the holder is the client unless it is told otherwise',
  JdbcRegistryThreadFactoryTest: 'there is one tick for all clients, and closing stops it',
};

export function describeVectors(subject: Subject): void {
  async function start() {
    const process = subject.world.process();
    await process.registry.start();
    const times = { heartbeatIntervalMs: vectors.session.heartbeatMs, sessionTimeoutMs: vectors.session.timeoutMs };
    return { process, times, client: await process.connect('client', times) };
  }

  /** Whether it is still waiting after so long. */
  async function blocks(work: Promise<unknown>, ms: number): Promise<boolean> {
    let isOver = false;
    void work.finally(() => {
      isOver = true;
    });
    await subject.world.advance(ms);
    return !isOver;
  }

  const scenarios: Readonly<Record<string, () => Promise<void>>> = {
    async testIsConnected() {
      const { client } = await start();
      expect(client.isConnected).toBe(true);
    },
    async testConnectUntilTimeout() {
      const { process, times } = await start();
      process.cut(true);
      await expect(process.connect('late', times)).rejects.toMatchObject({ code: 'unavailable' });
      process.cut(false);
      expect((await process.connect('late', times)).isConnected).toBe(true);
    },
    async testSubscribe() {
      const { client } = await start();
      const key = '/nodes/master-1';
      const heard: (string | undefined)[] = [];
      await client.subscribe(key, (news) => void heard.push(news.type === 'missed' ? 'missed' : told([news])[0]));
      await client.put(key, 'v1', { ephemeral: true });
      await client.put(key, 'v2', { ephemeral: true });
      await client.delete(key);
      await subject.world.settle();
      expect(heard).toEqual([`added ${key}=v1`, `updated ${key}=v2`, `removed ${key}=v2`]);
    },
    async testAddConnectionStateListener() {
      const { process, client } = await start();
      const states: string[] = [client.state];
      client.onConnectionState((state) => states.push(state));
      process.cut(true);
      await subject.world.advance(3_000);
      process.cut(false);
      await subject.world.advance(2_000);
      expect(states).toEqual(['connected', 'suspended', 'disconnected', 'reconnected']);
    },
    async testGet() {
      const { client } = await start();
      await expect(client.get('/nodes/master')).rejects.toMatchObject({ code: 'not_found' });
      await client.put('/nodes/master', '127.0.0.1:8080', { ephemeral: true });
      expect(await client.get('/nodes/master')).toBe('127.0.0.1:8080');
    },
    async testPut() {
      const { client } = await start();
      for (const value of ['127.0.0.1:8080', '127.0.0.2:8080']) {
        await client.put('/nodes/master', value, { ephemeral: true });
        expect(await client.get('/nodes/master')).toBe(value);
      }
    },
    async testDelete() {
      const { client } = await start();
      expect(await client.delete('/nodes/master')).toBe(false);
      await client.put('/nodes/master', '127.0.0.1:8080', { ephemeral: true });
      expect(await client.delete('/nodes/master')).toBe(true);
      expect(await client.exists('/nodes/master')).toBe(false);
    },
    async testChildren() {
      const { client } = await start();
      for (const key of ['127.0.0.1:8080', '127.0.0.2:8080'])
        await client.put(`/nodes/children/childGroup1/${key}`, '', { ephemeral: true });
      expect(await client.children('/nodes/children')).toEqual(['childGroup1']);
      const expected = ['127.0.0.1:8080', '127.0.0.2:8080'];
      expect(await client.children('/nodes/children/childGroup1')).toEqual(expected);
    },
    async testExists() {
      const { client } = await start();
      expect(await client.exists('/nodes/master')).toBe(false);
      await client.put('/nodes/master', '', { ephemeral: true });
      expect(await client.exists('/nodes/master')).toBe(true);
    },
    async testAcquireLock() {
      const { client } = await start();
      expect(await client.acquireLock('/lock/master')).not.toBeNull();
      expect(await client.acquireLock('/lock/master')).not.toBeNull();
      const waiting = client.acquireLock('/lock/master', { holder: 'another' });
      expect(await blocks(waiting, 3_000)).toBe(true);
      await client.releaseLock('/lock/master');
      expect(await blocks(waiting, 3_000)).toBe(true);
      await client.releaseLock('/lock/master');
      expect(await blocks(waiting, 1_000)).toBe(false);
    },
    async testAcquireLock_withTimeout() {
      const { client } = await start();
      expect(await client.acquireLock('/lock/master', { waitMs: 3_000 })).not.toBeNull();
      expect(await client.acquireLock('/lock/master', { waitMs: 3_000 })).not.toBeNull();
      const waiting = client.acquireLock('/lock/master', { waitMs: 3_000, holder: 'another' });
      await subject.world.advance(3_000);
      expect(await waiting).toBeNull();
    },
    async testReleaseLock() {
      const { client } = await start();
      const another = { waitMs: 3_000, holder: 'another' };
      expect(await client.acquireLock('/lock/master', { waitMs: 3_000 })).not.toBeNull();
      const waiting = client.acquireLock('/lock/master', another);
      await subject.world.advance(3_000);
      expect(await waiting).toBeNull();
      await client.releaseLock('/lock/master');
      expect(await client.acquireLock('/lock/master', another)).not.toBeNull();
    },
    async 'LockUtilsTest#getLockOwner'() {
      const { client } = await start();
      await client.acquireLock('/lock/master');
      const holder = await client.lockHolder('/lock/master');
      expect(holder).toMatchObject({ owner: client.name, clientId: client.id });
      expect(await client.lockHolder('/lock/master')).toEqual(holder);
    },
    async JdbcRegistryThreadFactoryTest() {
      const { process, times } = await start();
      for (let i = 1; i < 100; i++) await process.connect(`client-${i}`, times);
      const before = process.calls.length;
      await subject.world.advance(10_000);
      const calls = process.calls.slice(before);
      expect(calls.filter((call) => call === 'clients.beat')).toHaveLength(10);
      expect(await subject.world.store.clients.look()).toMatchObject({ servers: 100 });
      await process.registry.close();
      const after = process.calls.length;
      await subject.world.advance(10_000);
      expect(process.calls).toHaveLength(after);
    },
  };

  describe('the recorded suite of the reference', () => {
    test('is covered to the last method', () => {
      expect(Object.keys(scenarios).sort()).toEqual(vectors.tests.map(({ method }) => method).sort());
    });

    test.each(vectors.tests.map(({ method }) => [method, DIFFERENCES[method] ?? 'the same'] as const))(
      '%s: %s',
      async (method) => {
        await scenarios[method]!();
      },
    );
  });
}
