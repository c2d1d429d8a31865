import type { GridRun, GridView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { gridOf, inView, narrow, walk } from './grid.ts';

const run = (id: string, ...states: (string | null)[]) =>
  ({
    id,
    state: 'success',
    states,
    attempts: states.map(() => 1),
    durationsMs: states.map(() => 5),
  }) as unknown as GridRun;
const view = (names: string, ...runs: GridRun[]): GridView => ({
  tasks: [...names].map((name) => ({ name, type: 'shell', gone: false })),
  runs,
  nextCursor: null,
});
const states = ({ columns }: ReturnType<typeof gridOf>) =>
  columns.map(({ run, cells }) => [run.id, ...cells.map((cell) => cell?.state ?? null)]);

describe('gridOf', () => {
  it('puts the oldest run first', () => {
    expect(states(gridOf(view('ab', run('2', 'running', null), run('1', 'success', 'failure')), []))).toEqual([
      ['1', 'success', 'failure'],
      ['2', 'running', null],
    ]);
  });

  it('takes what came later for a run, by the names of its tasks, and adds runs and rows at the end', () => {
    const base = view('ab', run('2', 'running', null), run('1', 'success', 'failure'));
    const grid = gridOf(base, [
      view('bca', run('2', 'running', 'delayed', 'success')),
      view('ab', run('3', 'submitted', null)),
    ]);
    expect(grid.rows.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(states(grid)).toEqual([
      ['1', 'success', 'failure', null],
      ['2', 'success', 'running', 'delayed'],
      ['3', 'submitted', null, null],
    ]);
  });
});

describe('narrow', () => {
  const grid = gridOf(
    view('abc', run('1', 'success', 'failure', 'blocked'), run('2', 'success', 'success', 'success')),
    [],
  );
  it('keeps tasks that have failed, or waited for what has', () => {
    expect(narrow(grid, { failed: true, text: '' }).rows.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(states(narrow(grid, { failed: true, text: ' C' }))).toEqual([
      ['1', 'blocked'],
      ['2', 'success'],
    ]);
    expect(narrow(grid, { failed: false, text: 'x' }).rows).toEqual([]);
  });
});

describe('walk', () => {
  const size = { rows: 10, columns: 4, page: 3, far: false };
  it('stays inside, and enters the head from the first row', () => {
    expect(walk({ row: 0, column: 0 }, 'ArrowLeft', size)).toEqual({ row: 0, column: 0 });
    expect(walk({ row: 0, column: 1 }, 'ArrowUp', size)).toEqual({ row: -1, column: 1 });
    expect(walk({ row: -1, column: 1 }, 'ArrowDown', size)).toEqual({ row: 0, column: 1 });
    expect(walk({ row: 8, column: 1 }, 'PageDown', size)).toEqual({ row: 9, column: 1 });
    expect(walk({ row: 1, column: 1 }, 'PageUp', size)).toEqual({ row: 0, column: 1 });
    expect(walk({ row: 5, column: 1 }, 'End', size)).toEqual({ row: 5, column: 3 });
    expect(walk({ row: 5, column: 1 }, 'End', { ...size, far: true })).toEqual({ row: 9, column: 3 });
    expect(walk({ row: 5, column: 1 }, 'x', size)).toBeUndefined();
  });
});

describe('inView', () => {
  it('is what is seen and a little more, and what has the focus wherever that is', () => {
    const seen = { from: 250, length: 50, size: 25 };
    expect(inView(seen, 100, 11)).toEqual([8, 9, 10, 11, 12, 13]);
    expect(inView(seen, 100, 90).at(-1)).toBe(90);
    expect(inView(seen, 100, 0)[0]).toBe(0);
    expect(inView(seen, 100, -1)).toHaveLength(6);
    expect(inView({ from: 0, length: 500, size: 25 }, 3, 0)).toEqual([0, 1, 2]);
    expect(inView(seen, 0, 0)).toEqual([]);
  });
});
