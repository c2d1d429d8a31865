import { expect, it } from 'vitest';
import { changedFrom, valuesOf } from './rerun.ts';

it('sends only what is to be another value than before', () => {
  const param = (name: string, value: string | undefined) => ({ name, value, type: 'string', description: '' });
  const before = valuesOf([param('day', 'today'), param('rows', '5'), param('who', undefined)], {
    rows: '7',
    gone: 'x',
  });
  expect(before).toEqual({ day: 'today', rows: '7', who: '' });
  expect(changedFrom(before, {})).toEqual({});
  expect(changedFrom(before, { day: 'today', rows: '5', who: 'me' })).toEqual({ rows: '5', who: 'me' });
});
