/** The contract of the past of one workflow. */
import { describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { filing } from './backfill-fixtures.ts';
import { commit, run, runId, task, WORKFLOW } from './fixtures.ts';

export function describeWorkflowHistory(subject: Subject): void {
  async function file(id: string, more: Parameters<typeof run>[1] = {}) {
    const { instance, command, event } = filing(id, { number: null, ...more });
    await subject.store.instances.start(instance, command, event);
  }

  describe('the past of a workflow', () => {
    test('gives its runs newest first, page by page, and none of another workflow', async () => {
      const { workflowHistory } = subject.store;
      for (const id of ['r1', 'r2', 'r3']) await file(id, { businessTime: 7, params: { big: 'x'.repeat(100) } });
      const first = await workflowHistory.heads(WORKFLOW, { limit: 2, cursor: null });
      expect(first.items.map(({ id }) => id)).toEqual(['r3', 'r2']);
      const { params: _, ...head } = run('r3', { businessTime: 7 });
      expect(head).toMatchObject(first.items[0]!);
      expect(first.items[0]).not.toHaveProperty('params');
      const second = await workflowHistory.heads(WORKFLOW, { limit: 2, cursor: first.next });
      expect(second).toMatchObject({ items: [{ id: 'r1' }], next: null });
      const other = 'w9' as typeof WORKFLOW;
      expect((await workflowHistory.heads(other, { limit: 2, cursor: null })).items).toEqual([]);
      expect((await workflowHistory.headsOf(WORKFLOW, ['r1', 'none', 'r3', 'r1'])).map(({ id }) => id)).toEqual([
        'r3',
        'r1',
      ]);
      expect(await workflowHistory.headsOf(other, ['r1'])).toEqual([]);
    });

    test('gives the runs on either side of one', async () => {
      const { workflowHistory } = subject.store;
      for (const id of ['r1', 'r2', 'r3']) await file(id);
      const around = async (id: string, workflow = WORKFLOW) => {
        const { previous, next } = await workflowHistory.neighbours(workflow, runId(id));
        return [previous?.id, next?.id];
      };
      expect(await around('r1')).toEqual([undefined, 'r2']);
      expect(await around('r2')).toEqual(['r1', 'r3']);
      expect(await around('r3')).toEqual(['r2', undefined]);
      expect(await around('r2', 'w9' as typeof WORKFLOW)).toEqual([undefined, undefined]);
    });

    test('gives how each task stands, by its current task instance', async () => {
      await subject.lead(1);
      const { workflowHistory } = subject.store;
      for (const id of ['r1', 'r2', 'r3']) await file(id);
      const newTasks = [
        task('t1', 'r1', { state: 'failure', current: false, startedAt: 20, endedAt: 30 }),
        task('t2', 'r1', { state: 'success', attempt: 2, startedAt: 40, endedAt: 60 }),
        task('t3', 'r1', { name: 'b', type: 'sql', state: 'running', startedAt: 60 }),
        task('t4', 'r2', { state: 'killed' }),
      ];
      await subject.store.master.commit(1, commit({ newTasks }));
      const cells = await workflowHistory.cells([runId('r1'), runId('r3')]);
      expect(cells.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
        ...[
          {
            workflowInstanceId: 'r1',
            name: 'a',
            type: 'shell',
            state: 'success',
            attempt: 2,
            startedAt: 40,
            endedAt: 60,
          },
        ],
        ...[
          {
            workflowInstanceId: 'r1',
            name: 'b',
            type: 'sql',
            state: 'running',
            attempt: 1,
            startedAt: 60,
            endedAt: null,
          },
        ],
      ]);
      expect(await workflowHistory.cells([])).toEqual([]);
    });
  });
}
