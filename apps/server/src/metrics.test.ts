import { createMetricsRegistry } from '@vaquita/api';
import type { Id } from '@vaquita/core';
import type { TermStatus } from '@vaquita/master';
import { createMemoryStore } from '@vaquita/store/testing';
import { expect, it } from 'vitest';
import { registerMetrics } from './metrics.ts';

const workerFaults = () => ({ faults: { wrong_epoch: 2 }, rejects: { revoked: 3 }, sessionsEnded: { flooded: 1 } });
const mends = () => ({ mended: { rows_differ: 4 }, gaveUp: {} });
const cleaned = () => ({
  ...{
    runs: 7,
    taskInstances: 8,
    logs: 9,
    logBytes: 10,
    events: 11,
    commands: 0,
    fires: 0,
    firings: 0,
    backfills: 0,
    audit: 0,
    left: 0,
    freedBytes: 12,
  },
});

it('counts what workers did wrong, whether this server leads or not', async () => {
  const metrics = createMetricsRegistry();
  const master = { status: () => undefined, workerFaults, mends, cleaned };
  registerMetrics(metrics, { master, store: createMemoryStore(), clock: { now: () => 0 }, version: '0.1.0' });
  const text = await metrics.render();
  expect(text).toContain('vaquita_reconciler_mended_total{check="rows_differ"} 4');
  expect(text).toContain('vaquita_janitor_removed_total{what="task_instances"} 8');
  expect(text).toContain('vaquita_janitor_freed_bytes_total 12');
  expect(text).toContain('vaquita_database_bytes{state="used"} 0');
  expect(text).toContain(
    '# TYPE vaquita_worker_faults_total counter\nvaquita_worker_faults_total{fault="wrong_epoch"} 2',
  );
  expect(text).toContain('vaquita_worker_rejects_total{code="revoked"} 3');
  expect(text).toContain('vaquita_worker_sessions_ended_total{reason="flooded"} 1');
});

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
  const master = { status: () => undefined, workerFaults, mends, cleaned };
  registerMetrics(metrics, { master, store, clock: { now: () => 0 }, version: '0.1.0' });
  const text = await metrics.render();
  expect(text).toContain('vaquita_task_group_slots{group="writes"} 3');
  expect(text).toContain('vaquita_task_group_slots{group="nightly"} 0');
  expect(text).toContain('vaquita_task_group_slots_used{group="writes"} 0');
  expect(text).toContain('vaquita_leader 0');
});

it('tells how many tasks wait for each worker group', async () => {
  const store = createMemoryStore();
  const metrics = createMetricsRegistry();
  registerMetrics(metrics, {
    master: { status: () => undefined, workerFaults, mends, cleaned },
    store: { ...store, workerGroups: { ...store.workerGroups, queued: async () => ({ gpu: 4 }) } },
    clock: { now: () => 0 },
    version: '0.1.0',
  });
  expect(await metrics.render()).toContain('vaquita_worker_group_queued{group="gpu"} 4');
});

it('tells what waits and what is set aside, on the leader only', async () => {
  const store = createMemoryStore();
  const term: TermStatus = {
    epoch: 7,
    runs: 5,
    queued: 0,
    live: 0,
    workers: 0,
    quarantined: 1,
    room: {
      waitingForTurn: 2,
      waitingForAdmission: 3,
      liveRuns: 6,
      taskGroups: [{ name: 'writes', size: null, open: false, held: 0, waiting: 4 }],
    },
    logic: { asking: 8, watching: 9, reads: 10 },
    takingOver: { done: false, pages: 2, taken: 12, left: 13, startedAt: 0, endedAt: null },
    reconciler: {
      ...{ rounds: 3, runsChecked: 4, roundBegan: 5_000, roundEnded: 6_000, suspects: 1 },
      recent: [],
    },
    janitor: null,
    system: { doing: 'WorkerLost', waiting: 11, retrying: [] },
  };
  const render = async (status: TermStatus | undefined) => {
    const metrics = createMetricsRegistry();
    const master = { status: () => status, workerFaults, mends, cleaned };
    registerMetrics(metrics, { master, store, clock: { now: () => 0 }, version: '0.1.0' });
    return metrics.render();
  };
  const text = await render(term);
  expect(text).toContain('vaquita_runs_waiting{for="runs_of_the_workflow"} 2');
  expect(text).toContain('vaquita_runs_waiting{for="admission"} 3');
  expect(text).toContain('vaquita_takeover_runs{state="taken"} 12');
  expect(text).toContain('vaquita_takeover_runs{state="left"} 13');
  expect(text).toContain('vaquita_takeover_done 0');
  expect(text).toContain('vaquita_runs_quarantined 1');
  expect(text).toContain('vaquita_task_group_waiting{group="writes"} 4');
  expect(text).toContain('vaquita_runs_live 6');
  expect(text).toContain('vaquita_logic_questions 8');
  expect(text).toContain('vaquita_tasks_watching 9');
  expect(text).toContain('vaquita_logic_reads 10');
  expect(text).toContain('vaquita_system_events{state="doing"} 1');
  expect(text).toContain('vaquita_system_events{state="waiting"} 11');
  expect(text).toContain('vaquita_system_events{state="retrying"} 0');
  expect(await render(undefined)).not.toMatch(/^vaquita_(runs|task_group_waiting|logic|system|tasks)/m);
});
