import { expect, it } from 'vitest';
import { starterOf } from './origin.ts';

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
