import { describe, expect, it } from 'vitest';
import { sortTasks, type TaskFigures, type TrendRun, trendOf } from './trend.ts';
import { dayTo, gapAt, yearOf } from './year.ts';

const day = (text: string, states: Record<string, number>) => ({
  ...{ day: text, states },
  runs: Object.values(states).reduce((sum, n) => sum + n, 0),
});

describe('yearOf', () => {
  it('lays a year out in weeks from Monday on', () => {
    const { weeks, months } = yearOf(2026, [], '2026-06-01');
    // January 1, 2026 is a Thursday.
    expect(weeks[0]!.map((one) => one?.day.slice(5) ?? '')).toEqual(['', '', '', '01-01', '01-02', '01-03', '01-04']);
    expect(weeks).toHaveLength(53);
    expect(weeks.flat().filter((one) => one !== null)).toHaveLength(365);
    expect(months.slice(0, 3)).toEqual([0, 4, 8]);
    expect(weeks.flat().find((one) => one?.day === '2026-06-01')).toMatchObject({ ahead: false, outcome: 'none' });
    expect(weeks.flat().find((one) => one?.day === '2026-06-02')).toMatchObject({ ahead: true });
  });

  it('says the worst that happened on a day', () => {
    const counts = [
      day('2026-01-01', { success: 3 }),
      day('2026-01-02', { success: 3, failure: 1, running: 1 }),
      day('2026-01-03', { success: 1, running: 1 }),
      day('2026-01-04', { stopped: 2 }),
      day('2026-01-05', { success: 1, stopped: 2 }),
    ];
    const shown = yearOf(2026, counts, '2026-02-01')
      .weeks.flat()
      .filter((one) => one !== null);
    expect(shown.slice(0, 6).map(({ outcome, runs }) => [outcome, runs])).toEqual([
      ...[
        ['success', 3],
        ['failed', 5],
        ['running', 2],
      ],
      ...[
        ['stopped', 2],
        ['success', 3],
        ['none', 0],
      ],
    ]);
  });
});

describe('dayTo', () => {
  it('walks days and weeks and stays within the year', () => {
    expect(dayTo('2026-03-01', 'ArrowDown')).toBe('2026-03-02');
    expect(dayTo('2026-03-01', 'ArrowLeft')).toBe('2026-02-22');
    expect(dayTo('2026-01-03', 'ArrowLeft')).toBe('2026-01-03');
    expect(dayTo('2026-03-01', 'End')).toBe('2026-12-31');
    expect(dayTo('2026-03-01', 'x')).toBeUndefined();
  });
});

describe('gapAt', () => {
  const counts = [day('2026-01-01', { success: 1 }), day('2026-01-05', { success: 1 })];
  it('is what lies between two days with runs', () => {
    expect(gapAt(counts, '2026-01-03')).toEqual({ from: '2026-01-02', to: '2026-01-04', days: 3 });
    expect(gapAt(counts, '2026-01-05')).toBeNull();
    expect(gapAt(counts, '2026-01-09')).toBeNull();
    expect(gapAt([], '2026-01-09')).toBeNull();
  });
});

describe('trendOf', () => {
  const run = (id: string, state: string, durationMs: number | null) => ({ id, state, durationMs }) as TrendRun;
  it('draws the oldest first, under a top that is a round time', () => {
    const { points, line, topMs } = trendOf(
      [run('c', 'success', 3_000), run('b', 'failure', 1_000), run('x', 'stopped', null), run('a', 'success', 1_000)],
      { width: 100, height: 50 },
    );
    expect(topMs).toBe(5_000);
    expect(points.map(({ run: { id }, x, y }) => [id, x, y])).toEqual([
      ['a', 0, 40],
      ['b', 50, 40],
      ['c', 100, 20],
    ]);
    expect(line).toEqual([
      { x: 0, y: 40 },
      { x: 100, y: 40 },
    ]);
    expect(trendOf([run('a', 'success', 4_000_000)], { width: 100, height: 50 })).toMatchObject({
      topMs: 7_200_000,
      points: [{ x: 50 }],
    });
    expect(trendOf([], { width: 1, height: 1 }).points).toEqual([]);
  });
});

describe('sortTasks', () => {
  const task = (name: string, more: Partial<TaskFigures>): TaskFigures => ({
    ...{ name, type: 'shell', gone: false, runs: 10, attempts: 10, failures: 0, failedRuns: 0, flakyRuns: 0 },
    ...{ timed: 10, p50Ms: 1, p95Ms: 1, maxMs: 1, totalMs: 1 },
    ...more,
  });
  it('puts first what is asked for', () => {
    const tasks = [
      task('a', { p95Ms: 9 }),
      task('b', { flakyRuns: 1, runs: 2 }),
      task('c', { failedRuns: 3 }),
      task('d', { totalMs: 99 }),
    ];
    const order = (sort: Parameters<typeof sortTasks>[1]) =>
      sortTasks(tasks, sort)
        .map(({ name }) => name)
        .join('');
    expect(['slowest', 'flakiest', 'failing', 'longest'].map((sort) => order(sort as 'slowest'))).toEqual([
      'abcd',
      'bacd',
      'cabd',
      'dabc',
    ]);
  });
});
