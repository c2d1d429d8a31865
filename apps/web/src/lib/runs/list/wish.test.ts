import { describe, expect, it } from 'vitest';
import { readSearch, readWish, requestOf, toggledState } from './wish.ts';

const read = (text: string) => readWish(new URLSearchParams(text));
const NOW = Date.UTC(2026, 2, 1, 12);

describe('what an address asks for', () => {
  it('is families and exact states, a place, what started them and when', () => {
    const wish = read('state=failed,serial_wait,failed&project=etl&workflow=daily&origin=backfill&within=24h');
    expect(wish).toMatchObject({ unknown: [], nothing: false, states: ['failed', 'serial_wait'] });
    expect(requestOf(wish, NOW, 'UTC')).toEqual({
      ...{ project: 'etl', workflow: 'daily', state: ['failure', 'serial_wait'], originKind: 'backfill' },
      ...{ since: '2026-02-28T12:00:00.000Z', until: undefined, number: undefined },
    });
  });

  it('is days of the chosen zone, the last of them whole', () => {
    const request = requestOf(read('from=2026-03-28&to=2026-03-29&origin=01abc&number=7'), NOW, 'Europe/Berlin');
    expect(request).toMatchObject({
      ...{ since: '2026-03-27T23:00:00.000Z', until: '2026-03-29T22:00:00.000Z', origin: '01abc', number: 7 },
    });
  });

  it('is not guessed where a word is not known', () => {
    expect(read('state=weird')).toMatchObject({ nothing: true, unknown: [{ name: 'state', word: 'weird' }] });
    const mixed = read('state=weird,failed&within=3y&from=soon&number=-1');
    expect(mixed).toMatchObject({ nothing: false, query: { state: 'failed' } });
    expect(mixed.unknown.map(({ name }) => name)).toEqual(['state', 'within', 'from', 'number']);
    expect(read('')).toMatchObject({ nothing: false, unknown: [], states: [] });
  });

  it('takes a state more, and gives it up again', () => {
    expect(toggledState([], 'failed')).toBe('failed');
    expect(toggledState(['failed'], 'paused')).toBe('failed,paused');
    expect(toggledState(['failed'], 'failed')).toBeUndefined();
  });
});

describe('what somebody looks for', () => {
  const place = { project: 'etl', workflow: 'daily' };
  it.each([
    [' 01KJMMBX30BNWSX8NN2H5NFXCN ', {}, { kind: 'run', id: '01kjmmbx30bnwsx8nn2h5nfxcn' }],
    ['#12', place, { kind: 'number', query: { ...place, number: '12' } }],
    ['12', place, { kind: 'number', query: { ...place, number: '12' } }],
    ['orders#3', place, { kind: 'number', query: { project: 'etl', workflow: 'orders', number: '3' } }],
    ['shop/orders#3', {}, { kind: 'number', query: { project: 'shop', workflow: 'orders', number: '3' } }],
    ['#12', { project: 'etl' }, { kind: 'nowhere' }],
    ['orders#3', {}, { kind: 'nowhere' }],
    ['orders', place, { kind: 'unclear' }],
    ['#0', place, { kind: 'unclear' }],
  ])('%s in %o', (text, query, found) => {
    expect(readSearch(text, query)).toEqual(found);
  });
});
