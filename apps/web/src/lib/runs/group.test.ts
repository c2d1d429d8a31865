import { describe, expect, it } from 'vitest';
import { byWorkflow, failingWorkflows } from './group.ts';

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
