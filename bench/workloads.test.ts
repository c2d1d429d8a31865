import { describe, expect, it } from 'vitest';
import { fullLayers } from './layers.ts';
import { fan, inARow, noopsInLayers } from './workloads.ts';

describe('the tasks of a workload', () => {
  it('of a fan wait for nothing', () => {
    expect(fan(2, { type: 'shell', script: '/bin/true\n' })).toEqual([
      { name: 'task-1', type: 'shell', script: '/bin/true\n' },
      { name: 'task-2', type: 'shell', script: '/bin/true\n' },
    ]);
  });

  it('of a row wait for the one before', () => {
    expect(inARow([{ type: 'noop' }, { type: 'node', script: 'x' }])).toEqual([
      { name: 'task-1', type: 'noop' },
      { name: 'task-2', type: 'node', script: 'x', dependsOn: ['task-1'] },
    ]);
  });

  it('of layers wait for the layer before', () => {
    expect(noopsInLayers(fullLayers(2, 2))).toEqual([
      { name: 'task-1', type: 'noop' },
      { name: 'task-2', type: 'noop' },
      { name: 'task-3', type: 'noop', dependsOn: ['task-1', 'task-2'] },
      { name: 'task-4', type: 'noop', dependsOn: ['task-2', 'task-1'] },
    ]);
  });
});
