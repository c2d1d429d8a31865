/** The leader's lock as the lease of a master, and what the others know of whoever holds it. */
import { createIdSource, type ServerId } from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { createRegistryServer, formatServerNode, type RegistryStore, serverNodeKey } from '@vaquita/registry';
import { createMemoryRegistryStore } from '@vaquita/registry/testing';
import { expect, it } from 'vitest';
import { createLeaderLease } from './lease.ts';

async function open() {
  const clock = createManualClock(1_000);
  const shared = createMemoryRegistryStore(clock);
  const ids = createIdSource(clock, createSeededRandom(1));
  const log = { info() {}, warn() {} };

  async function server(name: string) {
    let isCut = false;
    const clients: RegistryStore['clients'] = {
      ...shared.clients,
      beat: (pulse) => (isCut ? Promise.reject(new Error('cut off')) : shared.clients.beat(pulse)),
    };
    const registry = createRegistryServer({ store: { ...shared, clients }, clock, ids, log });
    await registry.start();
    const times = { heartbeatIntervalMs: 1_000, sessionTimeoutMs: 10_000 };
    const client = await registry.connect({ id: name as ServerId, name, kind: 'server', ...times });
    const node = { name, url: `http://${name}`, version: '1', startedAt: '', publicKey: '', clockAheadMs: 0 };
    await client.put(serverNodeKey(client.id), formatServerNode(node), { ephemeral: true });
    let changes = 0;
    const lost: string[] = [];
    const lease = createLeaderLease(client, async () => void changes++);
    lease.onLost((why) => lost.push(why));
    return { lease, lost, changes: () => changes, cut: () => (isCut = true) };
  }
  return { clock, one: await server('one'), two: await server('two') };
}

it('is held by one, and the other knows by whom, where that is and in which term', async () => {
  const { one, two } = await open();
  expect(await one.lease.acquire()).toEqual({ epoch: 1 });
  expect(await two.lease.acquire()).toBeNull();
  expect(one.lease.leadership()).toMatchObject({ role: 'leader', leaderName: 'one', epoch: 1 });
  expect(two.lease.leadership()).toEqual({ role: 'follower', leaderName: 'one', leaderUrl: 'http://one', epoch: 1 });
});

it('goes on to another when it is given back, in a new term, and both are told', async () => {
  const { one, two } = await open();
  await one.lease.acquire();
  await one.lease.release();
  expect(one.changes()).toBe(2);
  expect(one.lease.leadership()).toMatchObject({ role: 'follower', leaderName: null });
  expect(await two.lease.acquire()).toEqual({ epoch: 2 });
  expect(await one.lease.acquire()).toBeNull();
  expect(one.lease.leadership()).toMatchObject({ leaderName: 'two', leaderUrl: 'http://two', epoch: 2 });
});

it('is lost with the session, says so, and is then nothing to give back', async () => {
  const { clock, one } = await open();
  await one.lease.acquire();
  one.cut();
  await clock.advance(9_000);
  expect(one.lost).toHaveLength(1);
  expect(one.lease.leadership()).toMatchObject({ role: 'follower', leaderName: null, epoch: 1 });
  await one.lease.release();
  expect(one.changes()).toBe(1);
});
