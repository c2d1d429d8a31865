import { describe, expect, it } from 'vitest';
import { mergePrefixes, touchedBy } from './touched.ts';

describe('touchedBy', () => {
  it('a task event touches its run, and the lists of tasks across runs', () => {
    expect(touchedBy({ type: 'task_instance.state', workflowInstanceId: 'r1' })).toEqual([['run', 'r1'], ['tasks']]);
    expect(touchedBy({ type: 'task.passed_over', workflowInstanceId: 'r1' })).toEqual([['run', 'r1']]);
  });
  it('a run event touches the run and every list of runs', () => {
    expect(touchedBy({ type: 'workflow_instance.state', workflowInstanceId: 'r1' })).toEqual([['run', 'r1'], ['runs']]);
  });
  it('definitions and workers touch their own lists', () => {
    expect(touchedBy({ type: 'workflow.updated', workflowInstanceId: null })).toContainEqual(['workflows']);
    expect(touchedBy({ type: 'worker.state', workflowInstanceId: null })).toEqual([['workers']]);
  });
  it('a worker group touches the workers, whose groups it changes', () => {
    expect(touchedBy({ type: 'worker_group.changed', workflowInstanceId: null })).toEqual([['workers']]);
  });
  it('a task group touches its own list', () => {
    expect(touchedBy({ type: 'task_group.changed', workflowInstanceId: null })).toEqual([['task-groups']]);
  });
  it('an event of a newer server touches nothing', () => {
    expect(touchedBy({ type: 'moon.phase', workflowInstanceId: null })).toEqual([]);
  });
});

describe('mergePrefixes', () => {
  it('drops what a shorter prefix covers', () => {
    expect(mergePrefixes([['run', 'a'], ['runs'], ['run', 'a', 'tasks'], ['run', 'a'], ['run', 'b']])).toEqual([
      ['runs'],
      ['run', 'a'],
      ['run', 'b'],
    ]);
  });
});
