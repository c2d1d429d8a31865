import { createMetricsRegistry } from '@vaquita/api';
import { type CommandRow, type ProjectId, parseWorkflowDocument, type WorkflowId } from '@vaquita/core';
import { createManualClock, schedulePlan, scheduleRow } from '@vaquita/core/testing';
import { createMemoryStore } from '@vaquita/store/testing';
import { expect, test } from 'vitest';
import { startSchedules } from './schedules.ts';

const START = Date.UTC(2026, 4, 4);
const projectId = 'project-1' as ProjectId;
const workflowId = 'workflow-1' as WorkflowId;
const at = { createdAt: START, updatedAt: START };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

test('what became of fire times, and how late they were, is told at /metrics', async () => {
  const clock = createManualClock(START);
  const store = createMemoryStore({ clock });
  const metrics = createMetricsRegistry();
  const filed: CommandRow[] = [];
  const duty = startSchedules({
    ...{ store, clock, log: quiet, metrics },
    filed: (commands) => void filed.push(...commands),
  });
  const document = parseWorkflowDocument({ name: 'etl', tasks: [{ name: 'load', type: 'noop' }] });
  await store.projects.create({ id: projectId, name: 'p', description: '', params: [], ...at });
  await store.workflows.create(
    { id: workflowId, projectId, name: 'etl', description: '', version: 1, online: true, taskCount: 1, ...at },
    { workflowId, version: 1, document, contentHash: 'h', createdBy: 'ann', createdAt: START },
    {
      ...{ type: 'workflow.updated', projectId, workflowInstanceId: null, taskInstanceId: null },
      ...{ at: START, data: {} },
    },
  );
  const row = scheduleRow({}, { cursorAt: START, updatedAt: START });
  const plan = schedulePlan({
    times: { kind: 'interval', everyMs: 10_000, anchorAt: START },
    overlap: { policy: 'queue', limit: 1 },
  });
  await store.schedules.create({ ...row, plan, start: { ...row.start, params: {} } });

  await clock.advance(12_000);
  store.leader.set(1);
  duty.begin(1);
  await clock.advance(20_000);
  await duty.end();
  expect(filed).toHaveLength(1);
  const lines = (await metrics.render()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'vaquita_schedules 1',
      'vaquita_schedules_active 1',
      'vaquita_schedule_fires_queued 1',
      'vaquita_schedule_fires_total{outcome="run",reason=""} 1',
      'vaquita_schedule_fires_total{outcome="queued",reason="queued"} 1',
      'vaquita_schedule_fires_total{outcome="skipped",reason="queue_full"} 1',
      'vaquita_schedule_lateness_seconds_bucket{le="1"} 0',
      'vaquita_schedule_lateness_seconds_bucket{le="2.5"} 1',
      'vaquita_schedule_lateness_seconds_sum 2',
    ]),
  );
});
