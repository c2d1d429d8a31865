/** The contract of what runs of the past took. */
import { describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { filing } from './backfill-fixtures.ts';
import { commit, run, task, WORKFLOW } from './fixtures.ts';

export function describeRunHistory(subject: Subject): void {
  async function past(id: string, times: { startedAt: number; endedAt: number }, more: { dryRun?: boolean } = {}) {
    const { instance, command, event } = filing(id, more);
    await subject.store.instances.start(instance, command, event);
    const changed = { ...run(id, more), state: 'success' as const, ...times };
    await subject.store.master.commit(1, commit({ instance: changed }));
  }
  const onWorker = { workerId: 'worker-1' as never };

  describe('the history of runs', () => {
    test('takes the newest that succeeded together, with what their tasks took of workers', async () => {
      await subject.lead(1);
      const { runHistory } = subject.store;
      expect(await runHistory.past([WORKFLOW], 5)).toEqual([]);
      expect(await runHistory.past([], 5)).toEqual([]);
      await past('r1', { startedAt: 100, endedAt: 9_100 });
      await past('r2', { startedAt: 1_000, endedAt: 1_100 });
      await past('r3', { startedAt: 2_000, endedAt: 2_301 });
      await past('r4', { startedAt: 3_000, endedAt: 9_000 }, { dryRun: true });
      const newTasks = [
        task('t1', 'r2', { ...onWorker, startedAt: 1_010, endedAt: 1_050 }),
        task('t2', 'r2', { ...onWorker, name: 'b', workerGroup: 'gpu', startedAt: 1_050, endedAt: 1_090 }),
        task('t3', 'r3', { ...onWorker, startedAt: 2_030, endedAt: 2_100, current: false }),
        task('t4', 'r3', { ...onWorker, attempt: 2, startedAt: 2_150, endedAt: 2_290 }),
        task('t5', 'r3', { name: 'logic', startedAt: 2_000, endedAt: 2_300 }),
        task('t6', 'r1', { ...onWorker, startedAt: 200, endedAt: 9_000 }),
      ];
      await subject.store.master.commit(1, commit({ newTasks }));
      expect(await runHistory.past([WORKFLOW, 'w9' as typeof WORKFLOW], 2)).toEqual([
        {
          workflowId: WORKFLOW,
          runs: 2,
          durationMs: 201,
          tasks: [
            { workerGroup: 'default', offsetMs: 63, slotMs: 125 },
            { workerGroup: 'gpu', offsetMs: 50, slotMs: 20 },
          ],
        },
      ]);
    });
  });
}
