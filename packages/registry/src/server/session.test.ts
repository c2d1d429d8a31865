/** How far a client trusts itself to be alive in the eyes of the others (R1 to R4). */
import { expect, test } from 'vitest';
import { memoryDatabase } from '../testing/backends.ts';
import { registration } from '../testing/contract/subject.ts';
import { createWorld, type TestProcess } from '../testing/world.ts';
import type { ConnectionState } from './session.ts';

const LOCK = '/lock/leader';

async function open() {
  const world = await createWorld(await memoryDatabase());
  const process = world.process();
  await process.registry.start();
  const { client, states } = await watched(process);
  return { world, process, client, states };
}

async function watched(process: TestProcess, id = 'one') {
  const client = await process.connect(id);
  const states: ConnectionState[] = [client.state];
  client.onConnectionState((state) => states.push(state));
  return { client, states };
}

test('beats, so that a lock stays its own for as long as it lives', async () => {
  const { world, client } = await open();
  expect(await client.tryLock(LOCK)).toMatchObject({ epoch: 1 });
  await world.advance(60_000);
  expect(await client.lockHolder(LOCK)).toMatchObject({ clientId: client.id, epoch: 1 });
});

test('is told that it is disconnected before anybody else can take its lock (R2)', async () => {
  const { world, process, client, states } = await open();
  const lock = await client.tryLock(LOCK);
  await world.advance(2_000);
  process.cut(true);
  await world.advance(7_900);
  expect(states).toEqual(['connected', 'suspended']);
  expect(lock?.signal.aborted).toBe(false);
  await world.advance(200);
  expect(states).toEqual(['connected', 'suspended', 'disconnected']);
  expect(lock?.signal.reason).toMatchObject({ code: 'lock_not_held' });
  const other = await world.process().connect('other');
  expect(await other.tryLock(LOCK)).toBeNull();
  await world.advance(2_000);
  expect(await other.tryLock(LOCK)).toMatchObject({ epoch: 2 });
});

test('is not fooled by a wall clock that steps back', async () => {
  const { world, process, states } = await open();
  process.cut(true);
  world.clock.set(world.clock.now() - 3_600_000);
  await world.advance(8_500);
  expect(states.at(-1)).toBe('disconnected');
});

test('connected again holds nothing until it asks anew (R3, R4)', async () => {
  const { world, process, client, states } = await open();
  const lock = await client.tryLock(LOCK);
  process.cut(true);
  await world.advance(8_500);
  expect(client.isConnected).toBe(false);
  expect(await client.tryLock(LOCK)).toBeNull();
  await expect(lock!.release()).rejects.toMatchObject({ code: 'lock_not_held' });
  process.cut(false);
  await world.advance(1_000);
  expect(states.at(-1)).toBe('reconnected');
  expect(await client.lockHolder(LOCK)).toBeNull();
  expect(await client.tryLock(LOCK)).toMatchObject({ epoch: 2 });
});

test('buried by another, hears of it at its next beat and starts over', async () => {
  const { world, client, states } = await open();
  const lock = await client.tryLock(LOCK);
  await world.store.clients.register(registration('one', { session: 'stolen' }));
  await world.advance(1_000);
  expect(states).toEqual(['connected', 'disconnected']);
  expect(lock?.signal.aborted).toBe(true);
  await world.advance(1_000);
  expect(states.at(-1)).toBe('reconnected');
});

test('hears of it at once when it wants to change something', async () => {
  const { world, client, states } = await open();
  await world.store.clients.register(registration('one', { session: 'stolen' }));
  await expect(client.put('/x', '1')).rejects.toMatchObject({ code: 'session_expired' });
  expect(states.at(-1)).toBe('disconnected');
  await expect(client.put('/x', '1')).rejects.toMatchObject({ code: 'session_expired' });
});

test('a passing failure loses nothing', async () => {
  const { world, process, client, states } = await open();
  const lock = await client.tryLock(LOCK);
  process.cut(true);
  await world.advance(3_000);
  process.cut(false);
  await world.advance(20_000);
  expect(states).toEqual(['connected', 'suspended', 'reconnected']);
  expect(lock?.signal.aborted).toBe(false);
});

test('closed, releases at once and is silent from then on', async () => {
  const { world, process, client, states } = await open();
  const lock = await client.tryLock(LOCK);
  await client.close();
  expect(lock?.signal.aborted).toBe(true);
  const other = await world.process().connect('other');
  expect(await other.tryLock(LOCK)).toMatchObject({ epoch: 2 });
  await other.close();
  await process.registry.close();
  expect(world.clock.pending).toBe(0);
  expect(states).toEqual(['connected', 'closed']);
  await expect(client.put('/x', '1')).rejects.toMatchObject({ code: 'session_expired' });
});

test('cannot be connected while the registry cannot be written, and leaves no timer behind', async () => {
  const world = await createWorld(await memoryDatabase());
  const process = world.process();
  process.cut(true);
  await expect(process.registry.start()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(process.connect('one')).rejects.toMatchObject({ code: 'unavailable' });
  expect(world.clock.pending).toBe(0);
});

test.each([
  [0, 10_000],
  [1_000, 1_000],
  [Number.NaN, 10_000],
])('an interval of %d ms with a timeout of %d ms is refused', async (heartbeatIntervalMs, sessionTimeoutMs) => {
  const world = await createWorld(await memoryDatabase());
  const connecting = world.process().connect('one', { heartbeatIntervalMs, sessionTimeoutMs });
  await expect(connecting).rejects.toMatchObject({ code: 'bad_request' });
});
