import { describe, expect, it } from 'vitest';
import { asCommand } from './backfill-command.ts';
import { asField, firstWish, requestOf } from './wish.ts';

const wish = (change: object) =>
  firstWish({ project: 'etl', workflow: 'orders', from: '2026-01-01', to: '2026-01-08', ...change }, new Date());
const range = { kind: 'range', from: '2026-01-01', to: '2026-01-08', every: 'day' };

describe('requestOf', () => {
  it('says only what differs from what the server would do anyway', () => {
    expect(requestOf(wish({}))).toEqual({ project: 'etl', workflow: 'orders', times: range });
    expect(
      requestOf(
        wish({ skip: false, dependents: true, parallelism: 4, priority: 'low', params: { a: 'b' }, zone: 'UTC' }),
      ),
    ).toEqual({
      ...{ project: 'etl', workflow: 'orders', times: { ...range, timezone: 'UTC' }, dependents: true, parallelism: 4 },
      ...{ rerunSucceeded: true, start: { params: { a: 'b' }, priority: 'low' } },
    });
  });
  it('takes times one by one, in lines or with commas', () => {
    const times = { kind: 'list', times: ['2026-01-01', '2026-01-05'] };
    expect(requestOf(wish({ kind: 'list', list: ' 2026-01-01\n\n2026-01-05, ' }))).toMatchObject({ times });
  });
  it.each([
    { workflow: '' },
    { from: '' },
    { parallelism: null },
    { kind: 'list' },
    { kind: 'schedule' },
    { step: 'other', otherStep: ' ' },
  ])('is not there yet while something is missing: %j', (change) => expect(requestOf(wish(change))).toBeNull());
});

it.each([
  ['2026-01-01', false, '2026-01-01T00:00'],
  ['2026-01-01T06:30', true, '2026-01-01'],
  ['', true, ''],
] as const)('%s in a field of days (%s): %s', (value, day, shown) => expect(asField(value, day)).toBe(shown));

describe('asCommand', () => {
  const command = (change: object, origin = 'http://127.0.0.1:1') => asCommand(origin, requestOf(wish(change))!);
  it('is what one would type', () => {
    const asked = { dependents: true, order: 'newest_first', description: "it's on" };
    expect(command(asked, 'https://vaquita.example')).toBe(
      `npx vaquita backfill start etl/orders --from 2026-01-01 --to 2026-01-08 --every day --dependents --newest --description 'it'\\''s on' --server https://vaquita.example`,
    );
    expect(command({ kind: 'schedule', schedule: 'nightly' })).toBe(
      'npx vaquita backfill start etl/orders --schedule nightly --gaps --from 2026-01-01 --to 2026-01-08',
    );
    expect(command({ kind: 'list', list: '2026-01-01', skip: false })).toBe(
      'npx vaquita backfill start etl/orders --time 2026-01-01 --again',
    );
  });
});
