import { expect, it } from 'vitest';
import { startedBy, starterOf } from './origin.ts';

it('tells a schedule from a person who had it run, and from a person', () => {
  const origin = { kind: 'schedule', id: '42' } as const;
  expect(starterOf({ origin, createdBy: 'schedule nightly' })).toEqual({
    kind: 'schedule',
    id: '42',
    name: 'nightly',
    person: undefined,
  });
  expect(starterOf({ origin, createdBy: 'admin' })).toMatchObject({ name: undefined, person: 'admin' });
  expect(starterOf({ origin: null, createdBy: 'admin' })).toBeNull();
});

it('tells in the words of the reader what started a run', () => {
  const kinds = { schedule: '定时计划', backfill: '补数', trigger: '触发器' };
  const by = (kind: 'schedule' | 'backfill', createdBy: string) =>
    startedBy({ origin: { kind, id: '42' }, createdBy }, kinds);
  expect(by('schedule', 'schedule nightly')).toBe('定时计划 · nightly');
  expect(by('schedule', 'ann')).toBe('定时计划 · ann');
  expect(by('backfill', 'backfill by ann')).toBe('补数 · ann');
  expect(startedBy({ origin: null, createdBy: 'ann' }, kinds)).toBe('ann');
});
