import type { WorkflowInstanceId } from '@vaquita/core';
import { expect, test } from 'vitest';
import { createRowTurns } from './row-turns.ts';

const run = (name: string) => name as WorkflowInstanceId;

test('work for one run is done one after the other, for another at once, and a failure is its own', async () => {
  const { alone } = createRowTurns();
  const news: string[] = [];
  const first = Promise.withResolvers<void>();
  const work = (name: string, until?: Promise<void>) => async () => {
    news.push(`${name} begins`);
    await until;
    news.push(`${name} ends`);
    return name;
  };
  const failing = alone(run('a'), async () => {
    await work('a1', first.promise)();
    throw new Error('refused');
  });
  const second = alone(run('a'), work('a2'));
  expect(await alone(run('b'), work('b'))).toBe('b');
  expect(news).toEqual(['a1 begins', 'b begins', 'b ends']);
  first.resolve();
  await expect(failing).rejects.toThrow('refused');
  expect(await second).toBe('a2');
  expect(news.slice(3)).toEqual(['a1 ends', 'a2 begins', 'a2 ends']);
});
