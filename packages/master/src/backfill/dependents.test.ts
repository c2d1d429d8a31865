/** Backfills with the real engine: dependent tasks of their runs find the runs they were made to wait for. */
import { type BackfillId, type PlannedMember, planBackfill, type StartChoices, type WorkflowId } from '@vaquita/core';
import { afterEach, expect, test } from 'vitest';
import { type MasterBench, openMasterBench } from '../testing/index.ts';
import { createBackfillDuty } from './duty.ts';

let bench: MasterBench;
afterEach(() => bench.master.close());

const DAY_MS = 86_400_000;
const FIRST = Date.parse('2023-01-01T00:00:00Z');
const START: StartChoices = {
  ...{ params: {}, startTasks: [], scope: 'all', failureStrategy: null, priority: 'lowest', workerGroup: null },
  ...{ alertOn: null, alertGroup: null, dryRun: false, timeoutMs: null, version: null },
};

async function backfill(
  members: readonly PlannedMember[],
  times: readonly number[],
  order: 'oldest_first' | 'newest_first',
) {
  const { store, clock, ids } = bench;
  const id = ids.next<'backfill'>() as BackfillId;
  const plan = planBackfill({ members, times, timezone: 'UTC', order, succeeded: new Map() });
  const at = clock.now();
  const { projectId } = members[0]!;
  await store.backfills.create(
    {
      ...{ id, projectId, workflowId: members[0]!.workflowId, scheduleId: null, timezone: 'UTC', description: '' },
      ...{ members, times: { kind: 'list' }, start: START, order, parallelism: 1, state: 'running', revision: 1 },
      ...{ hold: null, items: plan.length, createdBy: 'ann', createdAt: at, updatedAt: at, endedAt: null },
    },
    plan.map(({ succeededIn: _, ...item }) => ({
      ...{ ...item, backfillId: id, workflowInstanceId: null, tries: 0, startedAt: null, endedAt: null },
    })),
    {
      event: { type: 'backfill.changed', projectId, workflowInstanceId: null, taskInstanceId: null, at, data: {} },
      audit: { id: ids.next<'audit'>(), at, actor: 'ann', action: 'x', subject: '', data: {} },
    },
  );
  const duty = createBackfillDuty({
    ...{ queue: store.backfillQueue, workflows: store.master.others, clock, ids },
    log: { info() {}, warn() {}, error() {} },
    filed: (command) => bench.master.nudge(command),
    ...{ waitingForRoom: () => bench.master.status()?.room.waitingForAdmission ?? 0, changed() {} },
  });
  duty.begin(1);
  return { id, duty };
}

function member(workflowId: WorkflowId, name: string, level: number, asks: PlannedMember['asks']): PlannedMember {
  return {
    ...{ projectId: 'unset' as PlannedMember['projectId'], projectName: 'project', workflowId, workflowName: name },
    ...{ version: 1, level, after: asks.map((ask) => ask.workflowId), asks, asksOthers: [] },
    definition: { timezone: 'UTC' } as PlannedMember['definition'],
  };
}

test.each(['today', 'last1Days'])(
  'of a range %s, the newest first and one at a time, after a failure of the same day',
  async (range) => {
    bench = await openMasterBench();
    const worker = bench.joinWorker('w');
    const orders = await bench.createWorkflow('orders', [{ name: 'load' }]);
    const on = { workflow: 'orders', range };
    const report = await bench.createWorkflow('report', [{ name: 'dep', type: 'dependent', on }]);
    const times = [0, 1, 2].map((day) => FIRST + day * DAY_MS);
    // The run of that day by the clock failed in the afternoon: it is not the one that the backfill runs again.
    for (const at of times.slice(0, 2)) {
      await bench.start(orders, { businessTime: at + 14 * 3_600_000 });
      await worker.ends('load', 'failure');
    }
    const { projectId } = (await bench.store.instances.list({}, { limit: 1, cursor: null })).items[0]!;
    const members = [
      { ...member(orders, 'orders', 0, []), projectId },
      { ...member(report, 'report', 1, [{ workflowId: orders, cycle: 'day' as const, range }]), projectId },
    ];
    // Of the first day’s report nobody in the backfill makes what it asks for.
    if (range === 'last1Days') await bench.start(orders, { businessTime: FIRST - DAY_MS });
    if (range === 'last1Days') await worker.ends('load');
    const { id, duty } = await backfill(members, times, 'newest_first');
    for (let n = 0; n < 40 && (await bench.store.backfills.find(id))!.state === 'running'; n++) {
      await bench.clock.advance(6_000);
      const runs = (await bench.store.instances.list({ states: ['running'] }, { limit: 9, cursor: null })).items;
      expect(runs.length).toBeLessThanOrEqual(1);
      if (runs[0]?.workflowId === orders) await worker.ends('load');
      await bench.clock.advance(1_000);
    }
    expect((await bench.store.backfills.counts([id])).get(id)).toMatchObject({ success: 6, failure: 0, blocked: 0 });
    expect(await bench.store.backfills.find(id)).toMatchObject({ state: 'done' });
    await duty.end();
  },
);
