/** The contract of backfills: as people see and change them, and what a plan is made from. */
import type { BackfillItemRow, WorkflowId, WorkflowState } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { BackfillChange } from '../../ports/backfills.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { backfill, backfillId, backfillItem, filing, told } from './backfill-fixtures.ts';
import { commit, PROJECT, run, runId, task, version, WORKFLOW, workflow, workflowEvent } from './fixtures.ts';

const NONE = { waiting: 0, running: 0, success: 0, failure: 0, skipped: 0, blocked: 0, cancelled: 0 };

export function describeBackfills(subject: Subject): void {
  const waits = [{ workflowId: WORKFLOW, from: 1_000, to: 1_999 }];
  const items = (id: string) => [
    backfillItem(id, 0),
    backfillItem(id, 1, { waits }),
    backfillItem(id, 2, { state: 'skipped', reason: 'It has succeeded already.', workflowInstanceId: runId('old') }),
  ];
  const create = (id = 'b1', list: readonly BackfillItemRow[] = items(id)) =>
    subject.store.backfills.create(backfill(id), list, told(id, 'created'));
  const countsOf = async (id = 'b1') => (await subject.store.backfills.counts([backfillId(id)])).get(backfillId(id));
  const find = async (id = 'b1') => (await subject.store.backfills.find(id))!;

  async function change(what: BackfillChange, at = 60): Promise<number> {
    return subject.store.backfills.change(await find(), what, told('b1', what.kind, at));
  }
  async function startItem(position: number, id: string): Promise<void> {
    await subject.lead(1);
    await subject.store.backfillQueue.start(1, { backfill: await find(), position }, filing(id, { createdAt: 55 }));
  }
  async function end(id: string, state: WorkflowState): Promise<void> {
    const row = (await subject.store.instances.find(id))!;
    await subject.store.master.commit(1, commit({ instance: { ...row, state, startedAt: 60, endedAt: 100 } }));
  }

  describe('backfills', () => {
    test('are written with all of their items, an event and an audit record, or not at all', async () => {
      const { backfills, events, requests } = subject.store;
      const before = await events.latestSeq();
      await create();
      expect(await find()).toEqual(backfill('b1'));
      const shown = await allPages((page) => backfills.items(backfillId('b1'), {}, page), 2);
      expect(shown).toEqual([
        { ...items('b1')[0], run: null },
        { ...items('b1')[1], run: null },
        { ...items('b1')[2], run: { id: 'old', number: null, state: null } },
      ]);
      expect(await events.after(before, { limit: 5 })).toMatchObject([{ type: 'backfill.changed' }]);
      expect((await requests.auditLog({ limit: 5, cursor: null })).items).toMatchObject([
        { action: 'backfill.created' },
      ]);
      expect(await countsOf()).toEqual({ ...NONE, waiting: 2, skipped: 1 });
      await expect(create('b1', [])).rejects.toMatchObject({ code: 'conflict' });
    });

    test('hold the times that wait or run, against every other backfill of the same version', async () => {
      const { backfills, backfillSources, events } = subject.store;
      await create();
      const before = await events.latestSeq();
      const twice = create('b2', [backfillItem('b2', 0, { businessTime: 5 }), backfillItem('b2', 1)]);
      await expect(twice).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('Another backfill'),
      });
      expect(await backfills.find('b2')).toBeUndefined();
      expect(await events.latestSeq()).toBe(before);
      const holder = { backfillId: 'b1', description: 'about b1', times: 2, first: 1_000 };
      expect(await backfillSources.holders(WORKFLOW, 1, [1_001, 1_000, 1_002, 7])).toEqual([holder]);
      expect(await backfillSources.holders(WORKFLOW, 2, [1_000])).toEqual([]);
      await create('b3', [backfillItem('b3', 0, { version: 2 }), backfillItem('b3', 1, { businessTime: 1_002 })]);
      await change({ kind: 'cancel' });
      await create('b4');
    });

    test('are listed the newest first, by project, workflow and state', async () => {
      const { backfills } = subject.store;
      for (const id of ['b1', 'b2', 'b3']) await create(id, []);
      await backfills.change(await find('b2'), { kind: 'pause' }, told('b2', 'paused'));
      const list = async (filter: Parameters<typeof backfills.list>[0]) =>
        (await allPages((page) => backfills.list(filter, page), 2)).map(({ id }) => id);
      expect(await list({})).toEqual(['b3', 'b2', 'b1']);
      expect(await list({ state: 'running' })).toEqual(['b3', 'b1']);
      expect(await list({ projectId: PROJECT, workflowId: WORKFLOW, state: 'paused' })).toEqual(['b2']);
      expect(await list({ workflowId: 'other' as WorkflowId })).toEqual([]);
      expect(await list({ projectId: PROJECT })).toHaveLength(3);
    });

    test('are paused, let go on and edited, each change as it was read and only once', async () => {
      const { backfills } = subject.store;
      await create();
      const first = await find();
      await change({ kind: 'pause' });
      expect(await find()).toEqual(backfill('b1', { state: 'paused', revision: 2, updatedAt: 60 }));
      const late = backfills.change(first, { kind: 'cancel' }, told('b1', 'late'));
      await expect(late).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('meanwhile') });
      await change({ kind: 'edit', parallelism: 7 }, 70);
      await change({ kind: 'edit', description: '' }, 80);
      await change({ kind: 'resume' }, 90);
      expect(await find()).toEqual(backfill('b1', { parallelism: 7, description: '', revision: 5, updatedAt: 90 }));
    });

    test('that are cancelled leave what runs to its end and start nothing more', async () => {
      await create();
      await startItem(0, 'r1');
      expect(await change({ kind: 'cancel' })).toBe(1);
      expect(await find()).toMatchObject({ state: 'cancelled', endedAt: 60 });
      expect(await countsOf()).toEqual({ ...NONE, running: 1, cancelled: 1, skipped: 1 });
      await change({ kind: 'edit', description: 'x' }, 99);
      expect(await find()).toMatchObject({ state: 'cancelled', endedAt: 60 });
    });

    test('show items as their runs are now, whoever acted on those', async () => {
      const { backfills } = subject.store;
      await create();
      await startItem(0, 'r1');
      await subject.store.backfillQueue.settle(
        1,
        [{ backfillId: backfillId('b1'), position: 0, from: 'running', to: 'failure', reason: 'It failed.' }],
        70,
      );
      expect(await countsOf()).toMatchObject({ running: 1, failure: 0 });
      await end('r1', 'failure');
      expect(await countsOf()).toMatchObject({ running: 0, failure: 1 });
      await end('r1', 'success');
      const list = (state: 'success' | 'failure') =>
        backfills.items(backfillId('b1'), { state, workflowId: WORKFLOW }, { limit: 5, cursor: null });
      expect((await list('success')).items).toMatchObject([
        { position: 0, state: 'success', tries: 1, startedAt: 55, endedAt: 70, run: { id: 'r1', state: 'success' } },
      ]);
      expect((await list('failure')).items).toEqual([]);
    });

    test('have items wait again that failed or were blocked, and no others', async () => {
      const list = [0, 1, 2, 3].map((position) => backfillItem('b1', position));
      await create('b1', [...list, backfillItem('b1', 4, { state: 'blocked', reason: 'x' })]);
      for (const [n, state] of (['failure', 'success', 'running'] as const).entries()) {
        await startItem(n, `r${n}`);
        await subject.store.backfillQueue.settle(
          1,
          [{ backfillId: backfillId('b1'), position: n, from: 'running', to: 'failure', reason: 'x' }],
          70,
        );
        await end(`r${n}`, state);
      }
      expect(await change({ kind: 'retry' })).toBe(2);
      expect(await countsOf()).toEqual({ ...NONE, waiting: 3, success: 1, running: 1 });
      await startItem(0, 'again');
      const { items: shown } = await subject.store.backfills.items(backfillId('b1'), {}, { limit: 1, cursor: null });
      expect(shown).toMatchObject([{ state: 'running', tries: 2, run: { id: 'again' }, endedAt: null, reason: null }]);
    });

    test('have those wait again that somebody chooses, each of which must have failed', async () => {
      const failure = { state: 'failure', reason: 'x', endedAt: 60 } as const;
      const failed = [0, 1, 2].map((position) => backfillItem('b1', position, failure));
      await create('b1', [...failed, backfillItem('b1', 3, { state: 'blocked' }), backfillItem('b1', 4)]);
      const wrong = change({ kind: 'retry', positions: [0, 3, 4, 7] });
      await expect(wrong).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('3, 4, 7 have not'),
      });
      expect(await countsOf()).toEqual({ ...NONE, failure: 3, blocked: 1, waiting: 1 });
      expect(await change({ kind: 'retry', positions: [2, 0, 2] })).toBe(2);
      expect(await countsOf()).toEqual({ ...NONE, failure: 1, blocked: 1, waiting: 3 });
      const { items: left } = await subject.store.backfills.items(
        backfillId('b1'),
        { state: 'failure' },
        { limit: 9, cursor: null },
      );
      expect(left).toMatchObject([{ position: 1, reason: 'x' }]);
    });

    test('cannot be retried while another one has the time', async () => {
      await create('b1', [backfillItem('b1', 0, { state: 'failure' })]);
      await create('b2', [backfillItem('b2', 0, { businessTime: 1_000 })]);
      await expect(change({ kind: 'retry' })).rejects.toMatchObject({
        message: expect.stringContaining('Another backfill'),
      });
      expect(await find()).toEqual(backfill('b1'));
    });
  });

  describe('what a plan is made from', () => {
    test('workflows whose newest version has a dependent task', async () => {
      const { workflows, backfillSources } = subject.store;
      const page = { after: null, limit: 10 };
      expect((await backfillSources.dependents(page)).items).toEqual([]);
      const document = { name: 'w2', tasks: [{ name: 'a', type: 'dependent', on: { workflow: 'workflow-1' } }] };
      const mentions = { name: 'w3', tasks: [{ name: 'dependent', type: 'noop' }] };
      for (const [id, text] of [
        ['w2', document],
        ['w3', mentions],
      ] as const) {
        await workflows.create(
          workflow(id, { online: false }),
          { ...version(id), document: text as never },
          workflowEvent(id),
        );
      }
      const { items: found } = await backfillSources.dependents(page);
      expect(found).toEqual([
        {
          ...{ projectId: PROJECT, projectName: 'first', workflowId: 'w2', workflowName: 'w2', version: 1 },
          ...{ online: false, document },
        },
      ]);
    });

    test('runs of a business time that have succeeded or may yet, and how long they took', async () => {
      const { instances, backfillSources } = subject.store;
      await subject.lead(1);
      const at = { businessTime: 1_000 };
      for (const [id, state, more] of [
        ['r1', 'failure', {}],
        ['r2', 'success', {}],
        ['r3', 'running', {}],
        ['r4', 'paused', { businessTime: 3_000 }],
        ['r5', 'success', { dryRun: true }],
        ['r6', 'success', { businessTime: 9_000 }],
      ] as const) {
        const { instance, command, event } = filing(id, { ...at, ...more });
        await instances.start(instance, command, event);
        await end(id, state);
      }
      expect(await backfillSources.runsAt(WORKFLOW, [3_000, 1_000, 2_000])).toEqual([
        { businessTime: 1_000, id: 'r2', state: 'success' },
        { businessTime: 1_000, id: 'r3', state: 'running' },
        { businessTime: 3_000, id: 'r4', state: 'paused' },
      ]);
      const tasks = [
        task('t1', 'r6', { workerId: 'w' as never, startedAt: 60, endedAt: 90 }),
        task('t2', 'r6', { name: 'b', workerId: 'w' as never, startedAt: 70, endedAt: 95 }),
        task('t3', 'r6', { name: 'c', startedAt: 60, endedAt: 99 }),
      ];
      await subject.store.master.commit(1, commit({ newTasks: tasks }));
      expect(await backfillSources.history(WORKFLOW, 10)).toEqual([
        { durationMs: 40, slotMs: 55 },
        { durationMs: 40, slotMs: 0 },
      ]);
      expect(await backfillSources.history(WORKFLOW, 1)).toHaveLength(1);
    });

    test('how long runs of one backfill took', async () => {
      await create();
      await startItem(0, 'r1');
      await end('r1', 'success');
      const { backfillQueue, backfillSources } = subject.store;
      expect(await backfillSources.historyOf(backfillId('b1'))).toEqual(new Map());
      await backfillQueue.settle(
        1,
        [{ backfillId: backfillId('b1'), position: 0, from: 'running', to: 'success', reason: null }],
        70,
      );
      const past = new Map([[WORKFLOW, { durationMs: 40, slotMs: 0 }]]);
      expect(await backfillSources.historyOf(backfillId('b1'))).toEqual(past);
      expect(run('r1').workflowId).toBe(WORKFLOW);
    });
  });
}
