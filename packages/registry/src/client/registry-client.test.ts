/** What a client refuses before it asks anybody, and what it remembers. */
import { expect, test } from 'vitest';
import { memoryDatabase } from '../testing/backends.ts';
import { registration } from '../testing/contract/subject.ts';
import { createWorld } from '../testing/world.ts';

async function open() {
  const world = await createWorld(await memoryDatabase());
  const process = world.process();
  await process.registry.start();
  return { world, process, client: await process.connect('a') };
}

test.each(['', 'x', '/x/', '/lock/x', '/lock'])('%j holds no data', async (key) => {
  const { client, process } = await open();
  const before = process.calls.length;
  const refused = { code: 'bad_request' };
  await expect(client.put(key, '')).rejects.toMatchObject(refused);
  await expect(client.get(key)).rejects.toMatchObject(refused);
  await expect(client.exists(key)).rejects.toMatchObject(refused);
  await expect(client.delete(key)).rejects.toMatchObject(refused);
  if (key.startsWith('/lock')) return;
  await expect(client.children(key)).rejects.toMatchObject(refused);
  await expect(client.list(key)).rejects.toMatchObject(refused);
  await expect(client.subscribe(key, () => {})).rejects.toMatchObject(refused);
  expect(process.calls).toHaveLength(before);
});

test('a value that is too large is refused', async () => {
  const { client } = await open();
  await client.put('/x', 'x'.repeat(256 * 1024));
  await expect(client.put('/x', 'x'.repeat(256 * 1024 + 1))).rejects.toMatchObject({ code: 'too_large' });
});

test('versions let one of two changes through, and tell of themselves', async () => {
  const { client } = await open();
  expect(await client.put('/x', '1', { ifVersion: 0 })).toEqual({ version: 1 });
  await expect(client.put('/x', '1', { ifVersion: 0 })).rejects.toMatchObject({ code: 'conflict' });
  expect(await client.put('/x', '2', { ifVersion: 1 })).toEqual({ version: 2 });
  await expect(client.delete('/x', { ifVersion: 1 })).rejects.toMatchObject({ code: 'conflict' });
  expect(await client.delete('/x', { ifVersion: 2 })).toBe(true);
});

test('a change under a lock that was lost is fenced, also when the lock is held again', async () => {
  const { client } = await open();
  const lock = (await client.tryLock('/lock/x'))!;
  await client.put('/x', '1', { fence: lock });
  await lock.release();
  await client.tryLock('/lock/x');
  await expect(client.put('/x', '2', { fence: lock })).rejects.toMatchObject({ code: 'fenced' });
  await expect(client.delete('/x', { fence: lock })).rejects.toMatchObject({ code: 'fenced' });
});

test('a datum whose answer came from a session that is over is not believed to be there', async () => {
  const { world, process, client } = await open();
  const { data, clients } = world.store;
  const put = client.put('/x', '1', { ephemeral: true });
  await put;
  await clients.register(registration('a', { session: 'stolen' }));
  expect(await data.get('/x')).toBeUndefined();
  await world.advance(2_000);
  expect(client.state).toBe('reconnected');
  expect(await data.get('/x')).toMatchObject({ value: '1', clientId: 'a' });
  await process.registry.close();
});

test('one id is one client: who connects it again in the same process takes it over', async () => {
  const { process, client } = await open();
  await client.put('/x', '1', { ephemeral: true });
  const again = await process.connect('a', { resume: true });
  expect(client.state).toBe('closed');
  await expect(client.put('/x', '2', { ephemeral: true })).rejects.toMatchObject({ code: 'session_expired' });
  await again.put('/x', '3', { ephemeral: true });
  await client.close();
  expect(await again.get('/x')).toBe('3');
});

test('a registry that is closed lets nobody in', async () => {
  const { process } = await open();
  await process.registry.close();
  await expect(process.connect('b')).rejects.toMatchObject({ code: 'unavailable' });
});
