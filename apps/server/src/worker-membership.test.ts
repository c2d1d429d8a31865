import { AppError, createIdSource, type WorkerId } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import type { MemberWorker } from '@vaquita/master';
import { type ClientId, createRegistryServer, type RegistryServer } from '@vaquita/registry';
import { createMemoryRegistryStore } from '@vaquita/registry/testing';
import { expect, it } from 'vitest';
import { createWorkerMembership } from './worker-membership.ts';

const ID = 'w1' as WorkerId;

function worker(change: Partial<MemberWorker> = {}): MemberWorker {
  return {
    id: ID,
    name: 'rack-1',
    groups: ['default', 'gpu/a'],
    slots: 4,
    heartbeatIntervalMs: 1_000,
    sessionTimeoutMs: 5_000,
    ...change,
  };
}

async function open() {
  const clock = createManualClock(1_000);
  const store = createMemoryRegistryStore(clock);
  const ids = createIdSource(clock, createSeededRandom(1));
  const said: string[] = [];
  const log = { info() {}, warn: (message: string) => void said.push(message) };

  async function server(id: string) {
    const registry = createRegistryServer({ store, clock, ids, log });
    await registry.start();
    let isBroken = false;
    const connect: RegistryServer['connect'] = async (options) => {
      if (isBroken) throw new AppError('unavailable', 'not now');
      return registry.connect(options);
    };
    const membership = createWorkerMembership({ registry: { connect }, serverId: id, log });
    return { membership, connect, close: registry.close, break: (yes: boolean) => (isBroken = yes) };
  }

  const nodes = async () =>
    Object.fromEntries(
      (await store.data.list('/nodes/worker')).entries.map(({ key, value }) => [key, JSON.parse(value)]),
    );
  const told = async () => (await store.events.after(0, 100)).map(({ type, key }) => `${type} ${key}`);
  return { clock, store, server, nodes, told, said };
}

it('puts a worker under each of its groups, with the times that it chose, for as long as it beats', async () => {
  const { clock, store, server, nodes } = await open();
  const { membership } = await server('s1');
  membership.joined(worker());
  await membership.settled();
  const node = { name: 'rack-1', slots: 4, server: 's1' };
  expect(await nodes()).toEqual({ '/nodes/worker/default/w1': node, '/nodes/worker/gpu%2Fa/w1': node });
  expect(await store.clients.look()).toMatchObject({ shortestTimeoutMs: 5_000, servers: 0 });
  for (let i = 0; i < 20; i++) {
    membership.heard(ID);
    await clock.advance(1_000);
  }
  expect(Object.keys(await nodes())).toHaveLength(2);
  await clock.advance(7_000);
  expect(await nodes()).toEqual({});
});

it('takes out at once who will not be back, and lets who may be back time out', async () => {
  const { clock, server, nodes } = await open();
  const { membership } = await server('s1');
  for (const gone of [true, false]) {
    membership.joined(worker());
    await membership.settled();
    membership.left(ID, gone);
    await membership.settled();
    expect(Object.keys(await nodes())).toHaveLength(gone ? 0 : 2);
  }
  await clock.advance(7_000);
  expect(await nodes()).toEqual({});
});

it('lets a worker go over to another server without a gap', async () => {
  const { clock, server, nodes, told } = await open();
  const [one, two] = [await server('s1'), await server('s2')];
  one.membership.joined(worker({ groups: ['default'] }));
  await one.membership.settled();
  one.membership.left(ID, false);
  await one.membership.settled();
  await clock.advance(3_000);
  two.membership.joined(worker({ groups: ['default'] }));
  await two.membership.settled();
  await one.close();
  expect(await nodes()).toMatchObject({ '/nodes/worker/default/w1': { server: 's2' } });
  expect(await told()).toEqual(['added /nodes/worker/default/w1', 'updated /nodes/worker/default/w1']);
  for (let i = 0; i < 10; i++) {
    two.membership.heard(ID);
    await clock.advance(1_000);
  }
  expect(Object.keys(await nodes())).toHaveLength(1);
});

it('leaves groups that the worker does not name any more', async () => {
  const { server, nodes } = await open();
  const { membership } = await server('s1');
  membership.joined(worker());
  await membership.settled();
  expect(Object.keys(await nodes())).toEqual(['/nodes/worker/default/w1', '/nodes/worker/gpu%2Fa/w1']);
  membership.joined(worker({ groups: ['default', 'big'], slots: 8 }));
  await membership.settled();
  expect(await nodes()).toMatchObject({
    '/nodes/worker/default/w1': { slots: 8 },
    '/nodes/worker/big/w1': { slots: 8 },
  });
  expect(Object.keys(await nodes())).toHaveLength(2);
});

it('writes of a worker that comes twice at once only how it came last', async () => {
  const { server, told } = await open();
  const { membership } = await server('s1');
  membership.joined(worker());
  membership.joined(worker({ groups: ['big'] }));
  await membership.settled();
  expect(await told()).toEqual(['added /nodes/worker/big/w1']);
});

it('tries again with the next heartbeat what could not be written', async () => {
  const { server, nodes, said } = await open();
  const { membership, break: setBroken } = await server('s1');
  setBroken(true);
  membership.joined(worker());
  membership.heard(ID);
  await membership.settled();
  expect(await nodes()).toEqual({});
  membership.heard(ID);
  await membership.settled();
  expect(said).toHaveLength(1);
  setBroken(false);
  membership.heard(ID);
  await membership.settled();
  expect(Object.keys(await nodes())).toHaveLength(2);
});

it('takes groups of any name', async () => {
  const { server, nodes, said } = await open();
  const { membership } = await server('s1');
  const groups = ['数'.repeat(128), 'a/b%\n', '\ud800', '.'];
  membership.joined(worker({ groups }));
  await membership.settled();
  expect(said).toEqual([]);
  expect(Object.keys(await nodes()).sort()).toEqual(
    ['数'.repeat(128), 'a%2Fb%25%0A', '\ufffd', '.'].map((group) => `/nodes/worker/${group}/w1`).sort(),
  );
});

it('lets nobody take the place of a server by its id', async () => {
  const { store, server, said } = await open();
  const { membership, connect } = await server('s1');
  const self = await connect({
    id: 'x1' as ClientId,
    name: 's1',
    kind: 'server',
    heartbeatIntervalMs: 1_000,
    sessionTimeoutMs: 4_000,
  });
  await self.put('/nodes/server/x1', '{}', { ephemeral: true });
  membership.joined(worker({ id: 'x1' as WorkerId }));
  await membership.settled();
  expect(said).toHaveLength(1);
  expect(self.isConnected).toBe(true);
  expect((await store.data.list('/nodes')).entries.map(({ key }) => key)).toEqual(['/nodes/server/x1']);
});

it('registers many workers, some at a time', async () => {
  const { server, nodes } = await open();
  const { membership } = await server('s1');
  for (let i = 0; i < 100; i++) membership.joined(worker({ id: `w${i}` as WorkerId, groups: ['default'] }));
  await membership.settled();
  expect(Object.keys(await nodes())).toHaveLength(100);
});
