/** The contract of what the past of one workflow comes to. */
import { firstIdAt, type TaskInstanceRow } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { filing } from './backfill-fixtures.ts';
import { commit, type run, task, WORKFLOW } from './fixtures.ts';

export function describeWorkflowFigures(subject: Subject): void {
  async function file(id: string, change: Parameters<typeof run>[1] = {}) {
    const { businessTime = 1, dryRun = false } = change;
    const { instance, command, event } = filing(id, { businessTime, dryRun });
    await subject.store.instances.start(instance, command, event);
    await subject.store.master.commit(1, commit({ instance: { ...instance, ...change } }));
  }
  const idAt = (at: number) => firstIdAt(at);

  describe('figures of a workflow', () => {
    test('days by outcome, and the runs of a day', async () => {
      await subject.lead(1);
      const { workflowFigures } = subject.store;
      await file('r1', { businessTime: 100, state: 'success' });
      await file('r2', { businessTime: 199, state: 'failure' });
      await file('r3', { businessTime: 150, state: 'success' });
      await file('r4', { businessTime: 150, state: 'success', dryRun: true });
      await file('r5', { businessTime: 200, state: 'running' });
      await file('r6', { businessTime: 150, state: 'stopped' });
      const spans = [
        { from: 0, to: 100 },
        { from: 100, to: 200 },
        { from: 200, to: 300 },
      ];
      expect(await workflowFigures.counts(WORKFLOW, spans)).toEqual([
        {},
        { success: 2, failure: 1, stopped: 1 },
        { running: 1 },
      ]);
      expect(await workflowFigures.counts('w9' as typeof WORKFLOW, spans.slice(1))).toEqual([{}, {}]);
      const first = await workflowFigures.within(WORKFLOW, spans[1]!, { limit: 2, cursor: null });
      expect(first.items.map(({ id }) => id)).toEqual(['r2', 'r6']);
      const rest = await workflowFigures.within(WORKFLOW, spans[1]!, { limit: 2, cursor: first.next });
      expect(rest.items.map(({ id }) => id)).toEqual(['r3', 'r1']);
      expect(rest.next).toBeNull();
      const { next } = await subject.store.instances.list({}, { limit: 1, cursor: null });
      const wrong = workflowFigures.within(WORKFLOW, spans[1]!, { limit: 2, cursor: next });
      await expect(wrong).rejects.toMatchObject({ code: 'bad_request' });
    });

    test('of the newest runs that have ended: how long tasks took, which failed, which are flaky', async () => {
      await subject.lead(1);
      const { workflowFigures } = subject.store;
      const ids = [1_000, 2_000, 3_000, 4_000, 5_000].map(idAt);
      for (const [i, id] of ids.entries()) {
        await file(id, {
          state: 'success',
          startedAt: i,
          ...(i === 4 ? { state: 'running' as const } : { endedAt: 10 + i }),
        });
      }
      let n = 0;
      const done = (run: string, name: string, took: number | null, more: Partial<TaskInstanceRow> = {}) => {
        n += 1;
        const times = took === null ? {} : { startedAt: 100, endedAt: 100 + took };
        return task(`t${n}`, run, { name, state: 'success', ...times, ...more });
      };
      const newTasks = [
        // Too old: only three runs are asked for.
        done(ids[0]!, 'a', 9_999),
        done(ids[1]!, 'a', 10),
        done(ids[2]!, 'a', 30),
        done(ids[3]!, 'a', 5, { state: 'failure', current: false }),
        done(ids[3]!, 'a', 20, { attempt: 2 }),
        done(ids[1]!, 'b', 7, { type: 'sql', state: 'failure' }),
        done(ids[2]!, 'b', null, { type: 'sql', state: 'killed' }),
        // Of a run that goes on.
        done(ids[4]!, 'a', 1),
      ];
      await subject.store.master.commit(1, commit({ newTasks }));
      const of = { workflowId: WORKFLOW, from: 0, to: 10_000, runs: 3 };
      expect((await workflowFigures.ended(of)).map(({ id }) => id)).toEqual([ids[3], ids[2], ids[1]]);
      expect(await workflowFigures.tasks(of)).toEqual([
        {
          ...{ name: 'a', type: 'shell', runs: 3, attempts: 4, failures: 1, failedRuns: 0, flakyRuns: 1 },
          ...{ timed: 3, p50Ms: 20, p95Ms: 30, maxMs: 30, totalMs: 60 },
        },
        {
          ...{ name: 'b', type: 'sql', runs: 2, attempts: 2, failures: 1, failedRuns: 1, flakyRuns: 0 },
          ...{ timed: 0, p50Ms: null, p95Ms: null, maxMs: null, totalMs: 0 },
        },
      ]);
      const early = { ...of, to: 2_500 };
      expect((await workflowFigures.ended(early)).map(({ id }) => id)).toEqual([ids[1], ids[0]]);
      expect(await workflowFigures.tasks({ ...of, from: 9_000 })).toEqual([]);
    });
  });
}
