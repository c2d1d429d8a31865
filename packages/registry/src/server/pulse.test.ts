/** Clients of one process on the ticks of one pulse: each beats at an interval of its own (B1), and is brought back when it was lost. */
import { expect, test } from 'vitest';
import { memoryDatabase } from '../testing/backends.ts';
import { registration } from '../testing/contract/subject.ts';
import { createWorld } from '../testing/world.ts';
import type { ConnectionState } from './session.ts';

async function open() {
  const world = await createWorld(await memoryDatabase());
  const process = world.process();
  await process.registry.start();
  return { world, process };
}

test('who waits for a late tick is not made to wait anew when somebody comes who beats more often', async () => {
  const { world, process } = await open();
  const slow = await process.connect('slow', { heartbeatIntervalMs: 6_000 });
  const states: ConnectionState[] = [];
  slow.onConnectionState((state) => states.push(state));
  await world.advance(5_900);
  await process.connect('quick');
  await world.advance(20_000);
  expect(states).toEqual([]);
});

test('a beat that falls between two ticks goes with the nearer one, not always with the later', async () => {
  const { world, process } = await open();
  await process.connect('quick');
  // Trusts itself for 2.8 s: the tick after 2 s is in time, the one after 3 s is not.
  const between = await process.connect('between', { heartbeatIntervalMs: 2_500, sessionTimeoutMs: 3_500 });
  const states: ConnectionState[] = [];
  between.onConnectionState((state) => states.push(state));
  await world.advance(20_000);
  expect(states).toEqual([]);
});

test('who is heard from while others are brought back is brought back after them', async () => {
  const { world, process } = await open();
  await process.connect('quick');
  const connect = (id: string) => process.connect(id, { kind: 'worker', proxied: true });
  const [one, two] = [await connect('one'), await connect('two')];
  for (const id of ['one', 'two'])
    await world.store.clients.register(registration(id, { kind: 'worker', session: 'elsewhere' }));
  for (const client of [one, two]) client.touch();
  await world.advance(1_000);
  expect([one.isConnected, two.isConnected]).toEqual([false, false]);
  const answer = process.hold('clients.register');
  one.touch();
  await world.advance(1_000);
  two.touch();
  await world.advance(1_000);
  answer();
  await world.advance(1_000);
  expect([one.isConnected, two.isConnected]).toEqual([true, true]);
});
