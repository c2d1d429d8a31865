/** When new events are asked for, and how often they are read. */
import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { REGISTRY_DEFAULTS } from '../settings.ts';
import { memoryDatabase } from '../testing/backends.ts';
import { createWorld, type TestProcess } from '../testing/world.ts';
import { startFollower } from './follower.ts';

const asked = ({ calls }: TestProcess, verb: string) => calls.filter((call) => call === `events.${verb}`).length;

async function open() {
  const world = await createWorld(await memoryDatabase());
  const process = world.process();
  await process.registry.start();
  return { world, process, client: await process.connect('a') };
}

test('nobody asks for events to which nobody listens', async () => {
  const { world, process, client } = await open();
  const other = await world.process().connect('other');
  await client.put('/x', '1');
  await other.put('/x', '2');
  await world.advance(30_000);
  expect(asked(process, 'head') + asked(process, 'after')).toBe(0);
});

test('a server that is alone learns of its own events at once, and asks for no others', async () => {
  const { world, process, client } = await open();
  let heard = 0;
  await client.subscribe('/', () => void heard++);
  await world.advance(5_000);
  const before = asked(process, 'head');
  await client.put('/x', '1');
  await world.settle();
  expect(heard).toBe(1);
  await world.advance(60_000);
  expect(asked(process, 'head')).toBe(before);
  expect(asked(process, 'after')).toBe(1);
});

test('where there are others, events are asked for again and again', async () => {
  const { world, process, client } = await open();
  const { registry, connect } = world.process();
  await registry.start();
  const other = await connect('other');
  const heard: string[] = [];
  await client.subscribe('/', (news) => void heard.push(news.type));
  await world.advance(2_000);
  await other.put('/x', '1');
  await world.advance(1_000);
  expect(heard).toEqual(['added']);
  await other.close();
  await world.advance(70_000);
  const alone = asked(process, 'head');
  await world.advance(30_000);
  expect(asked(process, 'head')).toBe(alone);
});

test('events are read once for all who stand at the same place', async () => {
  const { world, process, client } = await open();
  const heard: string[] = [];
  for (const name of ['one', 'two', 'three'])
    await client.subscribe('/', (news) => void heard.push(`${name} ${news.type}`), { name });
  await client.put('/x', '1');
  await world.settle();
  expect(heard).toEqual(['one added', 'two added', 'three added']);
  expect(asked(process, 'after')).toBe(1);
});

test('a listener that fails is given its time, however much happens meanwhile', async () => {
  const { world, client } = await open();
  let tries = 0;
  await client.subscribe('/', () => {
    tries += 1;
    throw new Error('not now');
  });
  for (let i = 0; i < 10; i++) {
    await client.put('/x', String(i));
    await world.settle();
  }
  expect(tries).toBe(1);
  await world.advance(REGISTRY_DEFAULTS.listenerRetryMs);
  expect(tries).toBe(2);
});

test('a database that cannot be read is asked again', async () => {
  const clock = createManualClock();
  const said: string[] = [];
  const heard: string[] = [];
  const event = { id: 1, type: 'added', key: '/x', value: '', clientId: null, at: 0 } as const;
  let tries = 0;
  const follower = startFollower(
    { path: '/', from: 0, handle: (news) => void heard.push(news.type) },
    {
      clock,
      log: { info() {}, warn: (message) => void said.push(message) },
      settings: REGISTRY_DEFAULTS,
      head: () => 1,
      async readAfter() {
        tries += 1;
        if (tries < 3) throw new Error('not now');
        return [event];
      },
    },
  );
  await clock.advance(REGISTRY_DEFAULTS.eventPollMs);
  expect(said).toHaveLength(2);
  expect(heard).toEqual([]);
  await clock.advance(REGISTRY_DEFAULTS.eventPollMs);
  expect(heard).toEqual(['added']);
  expect(follower.position).toBe(1);
  follower.stop();
});

/** Three events, for a follower that is told of them by hand. */
function followThree(handle: (id: number) => void) {
  const clock = createManualClock();
  const event = { type: 'added', key: '/x', value: '', clientId: null, at: 0 } as const;
  const follower = startFollower(
    { path: '/', from: 0, handle: (news) => void (news.type !== 'missed' && handle(news.id)) },
    {
      clock,
      log: { info() {}, warn() {} },
      settings: REGISTRY_DEFAULTS,
      head: () => 3,
      readAfter: async (position) => [1, 2, 3].filter((id) => id > position).map((id) => ({ ...event, id })),
    },
  );
  return { clock, follower };
}

test('who pauses in the middle of a page hears the rest of it later', async () => {
  const heard: number[] = [];
  const { clock, follower } = followThree((id) => {
    heard.push(id);
    if (id === 1) follower.pause();
  });
  await clock.advance(0);
  expect(heard).toEqual([1]);
  follower.resume();
  await clock.advance(0);
  expect(heard).toEqual([1, 2, 3]);
  follower.stop();
});

test('an event that was not handled when the follower stopped is not passed over (F2)', async () => {
  const { clock, follower } = followThree((id) => {
    if (id === 2) throw new Error('not now');
  });
  await clock.advance(0);
  follower.stop();
  await clock.advance(0);
  expect(follower.position).toBe(1);
});

test('more events than one page holds come in order', async () => {
  const world = await createWorld(await memoryDatabase());
  const { registry, connect } = world.process({ eventPage: 3 });
  await registry.start();
  const client = await connect('a');
  const heard: number[] = [];
  await client.subscribe('/', (news) => void (news.type !== 'missed' && heard.push(news.id)));
  for (let i = 0; i < 20; i++) await client.put('/x', String(i));
  await world.advance(5_000);
  expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
});
