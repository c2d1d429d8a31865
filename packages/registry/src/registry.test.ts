import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdSource, type ServerId } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { migrate, openEmbeddedDriver } from '@vaquita/store';
import { afterAll, describe, expect, test } from 'vitest';
import type { RegistryClient, RegistryStore } from './registry-store.ts';
import { createServerSession, type SessionState } from './server-session.ts';
import { createSqlRegistryStore } from './sql-registry-store.ts';
import { createMemoryRegistryStore } from './testing/memory-registry-store.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  readonly store: RegistryStore;
  /** Lets the session of the client time out. */
  expire(id: ServerId): Promise<void>;
  close(): Promise<void>;
}

const implementations: Record<string, () => Promise<Opened>> = {
  async memory() {
    const clock = createManualClock(1_000);
    const store = createMemoryRegistryStore(clock);
    return { store, expire: async () => clock.set(clock.now() + 60_001), close: async () => {} };
  },
  async 'embedded file'() {
    const folder = mkdtempSync(join(tmpdir(), 'registry-'));
    folders.push(folder);
    const driver = await openEmbeddedDriver({ path: join(folder, 'test.db') });
    await migrate(driver);
    return {
      store: createSqlRegistryStore(driver),
      // The database's own clock cannot be turned, so the row is aged instead.
      expire: async (id) =>
        void (await driver.write([{ sql: 'update registry_clients set expires_at = 1 where id = ?', args: [id] }])),
      close: () => driver.close(),
    };
  },
};

function client(id: string): RegistryClient {
  return {
    id: id as ServerId,
    name: `server ${id}`,
    kind: 'server',
    heartbeatIntervalMs: 1_000,
    sessionTimeoutMs: 60_000,
  };
}

describe.each(Object.entries(implementations))('registry store: %s', (_name, open) => {
  test('a lock has one holder at a time, and its epoch only grows, across release and death', async () => {
    const { store, expire, close } = await open();
    const [a, b] = [client('a'), client('b')];
    await store.register(a);
    await store.register(b);
    expect(await store.tryLock('/lock/x', a.id)).toBe(1);
    expect(await store.tryLock('/lock/x', b.id)).toBeNull();
    expect(await store.tryLock('/lock/y', b.id)).toBe(1);
    expect(await store.holder('/lock/x')).toEqual({ clientId: 'a', name: 'server a', epoch: 1 });
    await store.releaseLocks(a.id);
    expect(await store.holder('/lock/x')).toBeNull();
    expect(await store.tryLock('/lock/x', b.id)).toBe(2);
    await expire(b.id);
    await store.register(a);
    expect(await store.holder('/lock/x')).toBeNull();
    expect(await store.tryLock('/lock/x', a.id)).toBe(3);
    await close();
  });

  test('the dead are buried with what they held, and hear of it at their next beat', async () => {
    const { store, expire, close } = await open();
    await store.register(client('a'));
    await store.tryLock('/lock/x', 'a' as ServerId);
    await expire('a' as ServerId);
    await store.register(client('b'));
    expect(await store.tryLock('/lock/x', 'b' as ServerId)).toBe(2);
    expect(await store.beat('a' as ServerId)).toBe(false);
    expect(await store.beat('b' as ServerId)).toBe(true);
    expect(await store.tryLock('/lock/y', 'a' as ServerId)).toBeNull();
    await close();
  });

  test('who asks again, because the answer was lost, begins a new term', async () => {
    const { store, close } = await open();
    await store.register(client('a'));
    expect(await store.tryLock('/lock/x', 'a' as ServerId)).toBe(1);
    expect(await store.tryLock('/lock/x', 'a' as ServerId)).toBe(2);
    expect((await store.holder('/lock/x'))?.epoch).toBe(2);
    await close();
  });

  test('a client that is late and not yet buried stays alive with its locks', async () => {
    const { store, expire, close } = await open();
    await store.register(client('a'));
    await store.tryLock('/lock/x', 'a' as ServerId);
    await expire('a' as ServerId);
    expect(await store.beat('a' as ServerId)).toBe(true);
    expect((await store.holder('/lock/x'))?.clientId).toBe('a');
    await close();
  });

  test('who leaves, or registers again, lets go of everything', async () => {
    const { store, close } = await open();
    await store.register(client('a'));
    await store.tryLock('/lock/x', 'a' as ServerId);
    await store.register(client('a'));
    expect(await store.tryLock('/lock/x', 'a' as ServerId)).toBe(2);
    await store.deregister('a' as ServerId);
    expect(await store.beat('a' as ServerId)).toBe(false);
    expect(await store.holder('/lock/x')).toBeNull();
    await close();
  });

  test('of two that race for a lock 1,000 times never both hold it', async () => {
    const { store, close } = await open();
    await store.register(client('a'));
    await store.register(client('b'));
    let last = 0;
    for (let round = 0; round < 1_000; round++) {
      const won = await Promise.all([
        store.tryLock('/lock/x', 'a' as ServerId),
        store.tryLock('/lock/x', 'b' as ServerId),
      ]);
      const epochs = won.filter((epoch) => epoch !== null);
      expect(epochs).toHaveLength(1);
      expect(epochs[0]).toBe(last + 1);
      last = epochs[0]!;
      await Promise.all([store.releaseLocks('a' as ServerId), store.releaseLocks('b' as ServerId)]);
    }
    await close();
  });
});

describe('a server session', () => {
  function open(name = 'one') {
    const clock = createManualClock(1_000);
    const store = createMemoryRegistryStore(clock);
    let broken = false;
    const guarded = new Proxy(store, {
      get:
        (target, key: keyof RegistryStore) =>
        async (...args: never[]) => {
          if (broken) throw new Error('the database does not answer');
          return (target[key] as (...args: never[]) => Promise<unknown>)(...args);
        },
    });
    const states: SessionState[] = [];
    const ids = createIdSource(clock, createSeededRandom(1));
    const session = createServerSession({
      store: guarded,
      clock,
      ids,
      name,
      heartbeatIntervalMs: 1_000,
      sessionTimeoutMs: 10_000,
    });
    session.onState((state) => states.push(state));
    return { clock, store, session, states, ids, break: (yes: boolean) => (broken = yes) };
  }

  test('beats, so that a lock stays its own for as long as it lives', async () => {
    const { clock, session, store } = open();
    await session.start();
    expect(await session.tryLock('/lock/leader')).toEqual({ epoch: 1 });
    await clock.advance(60_000);
    expect((await store.holder('/lock/leader'))?.clientId).toBe(session.id);
  });

  test('tells that it is disconnected before anybody else can take its lock (R2)', async () => {
    const { clock, session, store, states, break: setBroken } = open();
    await session.start();
    await session.tryLock('/lock/leader');
    await clock.advance(2_000);
    setBroken(true);
    await clock.advance(7_900);
    expect(states).toEqual(['connected', 'suspended']);
    await clock.advance(200);
    expect(states).toEqual(['connected', 'suspended', 'disconnected']);
    await store.register(client('other'));
    expect(await store.tryLock('/lock/leader', 'other' as ServerId)).toBeNull();
    await clock.advance(2_000);
    expect(await store.tryLock('/lock/leader', 'other' as ServerId)).toBe(2);
  });

  test('is not fooled by a wall clock that steps back', async () => {
    const { clock, session, states, break: setBroken } = open();
    await session.start();
    setBroken(true);
    clock.set(clock.now() - 3_600_000);
    await clock.advance(8_500);
    expect(states.at(-1)).toBe('disconnected');
  });

  test('connected again holds nothing until it asks anew (R3)', async () => {
    const { clock, session, store, states, break: setBroken } = open();
    await session.start();
    await session.tryLock('/lock/leader');
    setBroken(true);
    await clock.advance(8_500);
    expect(session.state).toBe('disconnected');
    expect(await session.tryLock('/lock/leader')).toBeNull();
    setBroken(false);
    await clock.advance(1_000);
    expect(states.at(-1)).toBe('connected');
    expect(await store.holder('/lock/leader')).toBeNull();
    expect(await session.tryLock('/lock/leader')).toEqual({ epoch: 2 });
  });

  test('buried by another, hears of it at its next beat and starts over', async () => {
    const { clock, session, store, states } = open();
    await session.start();
    await session.tryLock('/lock/leader');
    await store.deregister(session.id);
    await clock.advance(1_000);
    expect(states).toEqual(['connected', 'disconnected']);
    await clock.advance(1_000);
    expect(states.at(-1)).toBe('connected');
  });

  test('a passing failure loses nothing', async () => {
    const { clock, session, states, break: setBroken } = open();
    await session.start();
    setBroken(true);
    await clock.advance(3_000);
    setBroken(false);
    await clock.advance(20_000);
    expect(states).toEqual(['connected', 'suspended', 'connected']);
  });

  test('closed, releases at once and is silent from then on', async () => {
    const { clock, session, store, states } = open();
    await session.start();
    await session.tryLock('/lock/leader');
    await session.close();
    await store.register(client('other'));
    expect(await store.tryLock('/lock/leader', 'other' as ServerId)).toBe(2);
    expect(clock.pending).toBe(0);
    expect(states).toEqual(['connected', 'closed']);
  });
});
