import { AppError } from '@vaquita/core';
import { createManualClock } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { createReadQueue } from './read-queue.ts';

const silent = { info() {}, warn() {}, error() {} };
const always = () => true;

function openQueue(atOnce = 2) {
  const clock = createManualClock(0);
  const queue = createReadQueue({ clock, log: silent, atOnce, retryMs: 100 });
  const begun: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<string>>();
  return {
    clock,
    queue,
    begun,
    ask: (key: string, wanted = always) =>
      queue.read(key, wanted, () => {
        begun.push(key);
        const answer = Promise.withResolvers<string>();
        answers.set(key, answer);
        return answer.promise;
      }),
    async answer(key: string, value = key) {
      answers.get(key)!.resolve(value);
      await clock.advance(0);
    },
    async fail(key: string, error: unknown) {
      answers.get(key)!.reject(error);
      await clock.advance(0);
    },
  };
}

test('R1: no more than its share at a time, the others in order', async () => {
  const { clock, begun, ask, answer, queue } = openQueue(2);
  for (const key of ['a', 'b', 'c', 'd']) void ask(key);
  await clock.advance(0);
  expect(begun).toEqual(['a', 'b']);
  expect(queue.size).toBe(4);
  await answer('b');
  expect(begun).toEqual(['a', 'b', 'c']);
});

test('R1: ten thousand reads go through, never more than the share at once', async () => {
  const { clock, queue } = openQueue(8);
  let now = 0;
  let most = 0;
  let done = 0;
  const all = Array.from({ length: 10_000 }, (_, index) =>
    queue.read(`${index}`, always, async () => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      done += 1;
    }),
  );
  await clock.advance(0);
  await Promise.all(all);
  expect([most, done, queue.size]).toEqual([8, 10_000, 0]);
});

test('R2: equal reads of one round are one; one that has begun is not shared', async () => {
  const { clock, begun, ask, answer } = openQueue();
  const first = [ask('a'), ask('a'), ask('a')];
  await clock.advance(0);
  expect(begun).toEqual(['a']);
  const later = ask('a');
  await clock.advance(0);
  expect(begun).toEqual(['a', 'a']);
  await answer('a', 'new');
  expect(await later).toBe('new');
  let settled = false;
  void Promise.race(first).then(() => {
    settled = true;
  });
  await clock.advance(0);
  expect(settled).toBe(false);
});

test('R3: what passes is tried again with longer waits; what does not goes to everybody who asked', async () => {
  const { clock, begun, ask, answer, fail } = openQueue();
  const read = ask('a');
  await clock.advance(0);
  await fail('a', new AppError('database_busy', 'busy'));
  await clock.advance(100);
  expect(begun).toHaveLength(2);
  await fail('a', new AppError('unavailable', 'no disk'));
  await clock.advance(199);
  expect(begun).toHaveLength(2);
  await clock.advance(1);
  await answer('a', 'at last');
  expect(await read).toBe('at last');
  const bad = [ask('b'), ask('b')];
  const ends = Promise.allSettled(bad);
  await clock.advance(0);
  await fail('b', new AppError('internal', 'damaged'));
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('R4: a read that nobody wants any more is not begun, also between two tries', async () => {
  const { clock, begun, ask, fail } = openQueue(1);
  let wanted = true;
  const first = ask('a', () => wanted);
  const second = ask('b', () => wanted);
  const ends = Promise.allSettled([first, second]);
  await clock.advance(0);
  wanted = false;
  await fail('a', new AppError('database_busy', 'busy'));
  await clock.advance(60_000);
  expect(begun).toEqual(['a']);
  expect((await ends).map((end) => end.status === 'rejected' && end.reason.code)).toEqual(['gone', 'gone']);
});

test('answers nothing once it is closed', async () => {
  const { clock, ask, answer, queue } = openQueue();
  let settled = false;
  void ask('a').finally(() => {
    settled = true;
  });
  await clock.advance(0);
  queue.close();
  await answer('a');
  void ask('b').finally(() => {
    settled = true;
  });
  await clock.advance(60_000);
  expect(settled).toBe(false);
});
