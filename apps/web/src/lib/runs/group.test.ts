import { describe, expect, it } from 'vitest';
import { byWorkflow, failingWorkflows, holdBack } from './group.ts';

const run = (id: string, workflowId: string, state: string) => ({ id, workflowId, state });

describe('byWorkflow', () => {
  it('keeps the newest of each', () => {
    const groups = byWorkflow(
      [run('5', 'a', 'running'), run('4', 'b', 'success'), run('3', 'a', 'success'), run('2', 'a', 'x')],
      2,
    );
    expect(groups.get('a')?.map((r) => r.id)).toEqual(['5', '3']);
    expect(groups.get('b')?.map((r) => r.id)).toEqual(['4']);
  });
});

describe('failingWorkflows', () => {
  it('looks at the latest run that ended, and counts back to the last good one', () => {
    const runs = [
      run('9', 'a', 'running'),
      run('8', 'a', 'failure'),
      run('7', 'b', 'success'),
      run('6', 'a', 'failure'),
      run('5', 'b', 'failure'),
      run('4', 'a', 'success'),
      run('3', 'a', 'failure'),
      run('2', 'c', 'stopped'),
    ];
    expect(failingWorkflows(runs).map(({ run: { id }, inARow }) => [id, inARow])).toEqual([['8', 2]]);
  });
});

describe('holdBack', () => {
  const runs = ['5', '4', '3', '2'].map((id) => ({ id }));
  it('holds new rows back until they are asked for', () => {
    expect(holdBack(runs, '3')).toEqual({ shown: runs.slice(2), fresh: 2 });
  });
  it('shows everything on the first sight, and when the top row is gone', () => {
    expect(holdBack(runs, null)).toEqual({ shown: runs, fresh: 0 });
    expect(holdBack(runs, 'x')).toEqual({ shown: runs, fresh: 0 });
  });
});
