import { describe, expect, it } from 'vitest';
import { compareParams, compareTasks, runToCompare } from './compare.ts';

it('puts parameters of the same name beside each other', () => {
  expect(compareParams({ day: '1', a: 'x' }, { day: '2', a: 'x', b: '' })).toEqual([
    { name: 'a', mine: 'x', other: 'x', differs: false },
    { name: 'b', mine: undefined, other: '', differs: true },
    { name: 'day', mine: '1', other: '2', differs: true },
  ]);
});

describe('compareTasks', () => {
  const node = (name: string, state: 'success' | 'failure' | 'pending', seconds: number | null) => ({
    ...{ name, state, startedAt: seconds === null ? null : '2026-03-01T08:00:00.000Z' },
    endedAt: seconds === null ? null : new Date(Date.UTC(2026, 2, 1, 8) + seconds * 1_000).toISOString(),
  });

  it('says what ended otherwise and what took notably longer', () => {
    const mine = [
      node('a', 'success', 10),
      node('b', 'failure', 1),
      node('c', 'success', 2.2),
      node('new', 'pending', null),
    ];
    const other = [
      node('a', 'success', 4),
      node('b', 'success', 1),
      node('c', 'success', 2),
      node('gone', 'success', 1),
    ];
    const rows = compareTasks(mine, other).map(({ name, longerMs, differs }) => [name, longerMs, differs]);
    expect(rows).toEqual([
      ['a', 6_000, true],
      ['b', 0, true],
      ['c', expect.closeTo(200), false],
      ['new', null, true],
      ['gone', null, true],
    ]);
  });

  it('takes what is long for the same when it hardly differs', () => {
    expect(compareTasks([node('a', 'success', 102)], [node('a', 'success', 100)])[0]?.differs).toBe(false);
  });
});

describe('runToCompare', () => {
  const run = (id: string, state: 'success' | 'failure', createdAt: string) => ({ id, state, createdAt });
  const runs = [run('e', 'success', '5'), run('d', 'failure', '4'), run('c', 'failure', '3'), run('b', 'success', '2')];

  it('is the last one before it that succeeded', () => {
    expect(runToCompare(runs[1]!, runs)?.id).toBe('b');
    expect(runToCompare(runs[1]!, runs.slice(0, 3))?.id).toBe('c');
    expect(runToCompare(runs[3]!, runs)?.id).toBe('e');
    expect(runToCompare(runs[0]!, runs.slice(0, 1))).toBeUndefined();
  });
});
