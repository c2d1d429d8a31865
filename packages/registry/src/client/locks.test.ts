/** Locks as a client has them: waiting, taking again, letting go, and what becomes of answers that were lost. */
import { expect, test } from 'vitest';
import { memoryDatabase } from '../testing/backends.ts';
import { createWorld } from '../testing/world.ts';
import type { Lock } from './locks.ts';

const LOCK = '/lock/x';

async function open() {
  const world = await createWorld(await memoryDatabase());
  const one = world.process();
  const two = world.process();
  for (const { registry } of [one, two]) await registry.start();
  return { world, one, two, a: await one.connect('a'), b: await two.connect('b') };
}

/** What it comes to, as soon as it does. */
function outcome<T>(promise: Promise<T>) {
  const seen: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => {
      seen.value = value;
    },
    (error) => {
      seen.error = error;
    },
  );
  return seen;
}

test('who holds a lock may take it again, and holds it until it has released it as often', async () => {
  const { a, b } = await open();
  const first = await a.acquireLock(LOCK);
  const second = await a.acquireLock(LOCK);
  expect(second).toBe(first);
  expect(await a.tryLock(LOCK)).toBe(first);
  await a.releaseLock(LOCK);
  await first!.release();
  expect(await b.tryLock(LOCK)).toBeNull();
  await a.releaseLock(LOCK);
  expect(await b.tryLock(LOCK)).toMatchObject({ epoch: 2 });
  await expect(a.releaseLock(LOCK)).rejects.toMatchObject({ code: 'lock_not_held' });
});

test('another holder of the same client waits like anybody else, in the order in which they came', async () => {
  const { world, a } = await open();
  await a.acquireLock(LOCK, { holder: 'first' });
  const order: string[] = [];
  const wait = (holder: string) =>
    a.acquireLock(LOCK, { holder }).then((lock) => {
      order.push(holder);
      return lock!.release();
    });
  const waiting = ['second', 'third', 'fourth'].map(wait);
  await world.settle();
  expect(await a.tryLock(LOCK, { holder: 'hasty' })).toBeNull();
  await expect(a.releaseLock(LOCK, { holder: 'second' })).rejects.toMatchObject({ code: 'lock_not_held' });
  expect(order).toEqual([]);
  await a.releaseLock(LOCK, { holder: 'first' });
  await Promise.all(waiting);
  expect(order).toEqual(['second', 'third', 'fourth']);
});

test('a wait ends when its time is over, and holds nobody up afterwards', async () => {
  const { world, a, b } = await open();
  const lock = await a.acquireLock(LOCK);
  const waiting = outcome(b.acquireLock(LOCK, { waitMs: 3_000 }));
  await world.advance(2_999);
  expect(waiting).toEqual({});
  await world.advance(1);
  expect(waiting).toEqual({ value: null });
  await lock!.release();
  expect(await b.acquireLock(LOCK, { waitMs: 0 })).toMatchObject({ epoch: 2 });
});

test('a wait ends when nobody wants the lock any more, also when it was just got', async () => {
  const { world, a, b } = await open();
  const lock = await a.acquireLock(LOCK);
  const unwanted = new AbortController();
  const waiting = outcome(b.acquireLock(LOCK, { signal: unwanted.signal }));
  await world.settle();
  unwanted.abort();
  await world.settle();
  expect(waiting).toEqual({ value: null });
  await lock!.release();
  const late = new AbortController();
  const got = outcome(b.acquireLock(LOCK, { signal: late.signal }));
  late.abort();
  await world.settle();
  expect(got).toEqual({ value: null });
  expect(await b.lockHolder(LOCK)).toBeNull();
});

test('who waits hears of a release from its event, long before it would try again', async () => {
  const { world, two, a, b } = await open();
  const lock = await a.acquireLock(LOCK);
  const waiting = outcome(b.acquireLock(LOCK));
  await world.advance(4_000);
  const tries = two.calls.filter((call) => call === 'locks.take').length;
  expect(tries).toBe(1);
  await lock!.release();
  await world.advance(1_000);
  expect(waiting.value).toMatchObject({ epoch: 2, holder: 'name of b' });
});

test('who waits gets the lock of the dead as soon as they are', async () => {
  const { world, one, a, b } = await open();
  await a.acquireLock(LOCK);
  const waiting = outcome(b.acquireLock(LOCK));
  await world.advance(5_500);
  one.kill();
  await world.advance(9_400);
  expect(waiting).toEqual({});
  await world.advance(200);
  expect(waiting.value).toMatchObject({ epoch: 2 });
});

test('who waits goes on waiting across a lost connection', async () => {
  const { world, two, a, b } = await open();
  const lock = await a.acquireLock(LOCK);
  const waiting = outcome(b.acquireLock(LOCK));
  two.cut(true);
  await world.advance(30_000);
  expect(b.isConnected).toBe(false);
  await lock!.release();
  two.cut(false);
  await world.advance(2_000);
  expect(waiting.value).toMatchObject({ epoch: 2 });
});

test('a claim that fails is said to have failed when the time is over', async () => {
  const { world, two, b } = await open();
  two.cut(true);
  await expect(b.tryLock(LOCK)).rejects.toMatchObject({ code: 'unavailable' });
  const waiting = outcome(b.acquireLock(LOCK, { waitMs: 100 }));
  await world.advance(100);
  expect(waiting.error).toMatchObject({ code: 'unavailable' });
});

test('a lock that was taken by a claim whose answer was lost is not kept (L2)', async () => {
  const { world, one, a, b } = await open();
  one.loseAnswers(true);
  await expect(a.tryLock(LOCK)).rejects.toMatchObject({ code: 'unavailable' });
  one.loseAnswers(false);
  expect(await b.tryLock(LOCK)).toBeNull();
  await world.advance(1_000);
  expect(await b.tryLock(LOCK)).toMatchObject({ epoch: 2 });
});

test('a lock that is got by a session that was lost meanwhile is not kept (R1, L2)', async () => {
  const { world, one, a, b } = await open();
  const answer = one.hold('locks.take');
  const claim = outcome(a.tryLock(LOCK));
  await world.settle();
  one.cut(true);
  await world.advance(8_500);
  expect(a.state).toBe('disconnected');
  answer();
  await world.settle();
  expect(claim).toEqual({ value: null });
  one.cut(false);
  await world.advance(2_000);
  expect(a.isConnected).toBe(true);
  expect(await b.tryLock(LOCK)).toMatchObject({ epoch: 2 });
});

test('a debt is not paid with a lock that is just being taken (L1, L2)', async () => {
  const { world, one, a, b } = await open();
  one.loseAnswers(true);
  await expect(a.tryLock(LOCK)).rejects.toMatchObject({ code: 'unavailable' });
  one.loseAnswers(false);
  const answer = one.hold('locks.take');
  const claim = outcome(a.acquireLock(LOCK));
  await world.advance(3_000);
  expect(await b.tryLock(LOCK)).toBeNull();
  answer();
  await world.settle();
  expect(claim.value).toMatchObject({ epoch: 2 });
  expect(await a.lockHolder(LOCK)).toMatchObject({ clientId: a.id, epoch: 2 });
});

test('a lock that could not be released is released when the database answers again (L2)', async () => {
  const { world, one, a, b } = await open();
  const lock = await a.acquireLock(LOCK);
  one.cut(true);
  await lock!.release();
  expect(await b.tryLock(LOCK)).toBeNull();
  one.cut(false);
  await world.advance(1_000);
  expect(await b.tryLock(LOCK)).toMatchObject({ epoch: 2 });
});

test('a debt is void once the lock is held again', async () => {
  const { world, one, a } = await open();
  const lock = await a.acquireLock(LOCK);
  one.cut(true);
  await lock!.release();
  one.cut(false);
  const again = (await a.tryLock(LOCK)) as Lock;
  expect(again.epoch).toBe(2);
  await world.advance(5_000);
  expect(await a.lockHolder(LOCK)).toMatchObject({ epoch: 2 });
});

test('closing the client ends every wait', async () => {
  const { world, a, b } = await open();
  await a.acquireLock(LOCK);
  const waiting = [outcome(b.acquireLock(LOCK, { holder: '1' })), outcome(b.acquireLock(LOCK, { holder: '2' }))];
  await world.settle();
  await b.close();
  await world.settle();
  for (const one of waiting) expect(one.error).toMatchObject({ code: 'session_expired' });
  expect(await b.tryLock(LOCK)).toBeNull();
});

test.each(['/x', '/lock', 'lock/x', '/lock/', '/lock//x', '/lock/a/', ''])('%j is no lock', async (key) => {
  const { a } = await open();
  await expect(a.tryLock(key)).rejects.toMatchObject({ code: 'bad_request' });
  await expect(a.acquireLock(key)).rejects.toMatchObject({ code: 'bad_request' });
});
