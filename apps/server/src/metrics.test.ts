import { createMetricsRegistry } from '@vaquita/api';
import type { Id } from '@vaquita/core';
import { createMemoryStore } from '@vaquita/store/testing';
import { expect, it } from 'vitest';
import { registerMetrics } from './metrics.ts';

it('tells the slots of every task group; a closed one has none to give', async () => {
  const store = createMemoryStore();
  for (const [name, open] of [
    ['writes', true],
    ['nightly', false],
  ] as const) {
    const row = { id: name as Id<'task-group'>, name, description: '', size: 3, open, createdAt: 0, updatedAt: 0 };
    await store.taskGroups.create(row, {
      type: 'task_group.changed',
      projectId: null,
      workflowInstanceId: null,
      taskInstanceId: null,
      at: 0,
      data: { name },
    });
  }
  const metrics = createMetricsRegistry();
  const master = { status: () => undefined };
  registerMetrics(metrics, { master, store, clock: { now: () => 0 }, version: '0.1.0' });
  const text = await metrics.render();
  expect(text).toContain('vaquita_task_group_slots{group="writes"} 3');
  expect(text).toContain('vaquita_task_group_slots{group="nightly"} 0');
  expect(text).toContain('vaquita_task_group_slots_used{group="writes"} 0');
  expect(text).toContain('vaquita_leader 0');
});
