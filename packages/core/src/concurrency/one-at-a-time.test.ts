import { expect, test } from 'vitest';
import { createOneAtATime } from './one-at-a-time.ts';

test('work about one thing is done one after the other, about another at once, and a failure is its own', async () => {
  const { about, isBusy, idle } = createOneAtATime<string>();
  const news: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = (name: string, until?: Promise<void>) => async () => {
    news.push(`${name} begins`);
    await until;
    news.push(`${name} ends`);
    return name;
  };
  const failing = about('a', async () => {
    await work('a1', first.promise)();
    throw new Error('refused');
  });
  const second = about('a', work('a2'));
  expect(await about('b', work('b'))).toBe('b');
  expect(news).toEqual(['a1 begins', 'b begins', 'b ends']);
  expect([isBusy('a'), isBusy('b')]).toEqual([true, false]);
  first.resolve();
  await idle();
  await expect(failing).rejects.toThrow('refused');
  expect(await second).toBe('a2');
  expect(news.slice(3)).toEqual(['a1 ends', 'a2 begins', 'a2 ends']);
  expect(isBusy('a')).toBe(false);
});
