/** The contract of the leader's writes: fenced, atomic, each command once, numbers without gaps. */
import type { DispatchId, OutboxRow, WorkerId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { command, commit, event, run, runId, task, version, WORKFLOW } from './fixtures.ts';

export function describeMaster(subject: Subject): void {
  async function startRun(id: string): Promise<void> {
    await subject.store.instances.start(run(id), command(`c-${id}`, id), event(id));
  }
  const done = (id: string, outcome = 'done') => ({ id: command(`c-${id}`, id).id, outcome });
  const order = (id: string, more: Partial<OutboxRow> = {}): OutboxRow => ({
    dispatchId: id as DispatchId,
    kind: 'kill',
    workerId: 'w' as WorkerId,
    workflowInstanceId: runId('r1'),
    reason: 'stopped by ann',
    graceMs: 5_000,
    createdAt: 3,
    ...more,
  });

  describe('settling', () => {
    test('writes nothing, and only for who leads', async () => {
      await subject.lead(7);
      await subject.store.master.settle(7);
      await expect(subject.store.master.settle(6)).rejects.toMatchObject({ code: 'fenced' });
    });
  });

  describe('the epoch guard', () => {
    test('lets nobody write without the lock, with an older or with a later epoch', async () => {
      const { master, instances, commands } = subject.store;
      await startRun('r1');
      const attempt = (epoch: number) => master.commit(epoch, commit({ instance: run('r1', { state: 'running' }) }));
      await expect(attempt(1)).rejects.toMatchObject({ code: 'fenced' });
      await subject.lead(2);
      await expect(attempt(1)).rejects.toMatchObject({ code: 'fenced' });
      await expect(attempt(3)).rejects.toMatchObject({ code: 'fenced' });
      expect(await instances.find('r1')).toMatchObject({ state: 'submitted' });
      await attempt(2);
      expect(await instances.find('r1')).toMatchObject({ state: 'running' });
      await subject.lead(null);
      await expect(attempt(2)).rejects.toMatchObject({ code: 'fenced' });
      const reject = master.rejectCommand(2, done('r1').id, 'no');
      await expect(reject).rejects.toMatchObject({ code: 'fenced' });
      expect(await commands.outcome('c-r1')).toEqual({ done: false, outcome: null });
    });

    test('among many units at once refuses those of the wrong epoch and no other', async () => {
      const { master, instances } = subject.store;
      await subject.lead(7);
      const ids = Array.from({ length: 20 }, (_, i) => `r${i}`);
      for (const id of ids) await startRun(id);
      const results = await Promise.allSettled(
        ids.map((id, i) => master.commit(i % 2 ? 6 : 7, commit({ instance: run(id, { state: 'running' }) }))),
      );
      expect(results.map(({ status }) => status)).toEqual(ids.map((_, i) => (i % 2 ? 'rejected' : 'fulfilled')));
      for (const [i, id] of ids.entries()) {
        expect(await instances.find(id)).toMatchObject({ state: i % 2 ? 'submitted' : 'running' });
      }
    });
  });

  describe('a commit', () => {
    test('brings back every field as it was given', async () => {
      const { master } = subject.store;
      await startRun('r1');
      await subject.lead(1);
      const evidence = { signal: null, retry: 1, open: true };
      const reason = { code: 'queued' as const, text: 'y "z"', since: 1, next: 'n', nextAt: 2, evidence };
      const instance = run('r1', { state: 'running', startedAt: 20, reason, params: { p: '1' }, timeoutMs: 5 });
      const first = task('t1', 'r1', {
        outputs: { rows: '3' },
        exitCode: 0,
        dispatchId: 'd1' as DispatchId,
        signal: 'SIGTERM',
      });
      await master.commit(1, commit({ instance, newTasks: [first], outboxPut: [order('d1')] }));
      expect(await master.loadRun(runId('r1'))).toEqual({
        projectName: 'first',
        projectParams: {},
        instance,
        tasks: [first],
        outbox: [order('d1')],
        document: version(WORKFLOW).document,
      });
      expect(await master.loadRun(runId('r9'))).toBeUndefined();
    });

    test('that knows what was written before leaves rows as one that does not', async () => {
      const { master, instances } = subject.store;
      await subject.lead(1);
      await startRun('r1');
      const first = task('t1', 'r1');
      await master.commit(1, commit({ newTasks: [first] }));
      const sent = {
        ...first,
        state: 'dispatched',
        dispatchId: 'd1' as DispatchId,
        inputs: { day: 'tue' },
        updatedAt: 20,
      } as const;
      const ended = {
        ...sent,
        state: 'success',
        outputs: { rows: '1' },
        reason: null,
        exitCode: 0,
        endedAt: 30,
      } as const;
      for (const [before, row] of [
        [first, sent],
        [sent, ended],
        [ended, ended],
      ] as const) {
        await master.commit(1, commit({ changedTasks: [row], writtenBefore: new Map([[row.id, before]]) }));
        expect(await instances.task('t1')).toEqual(row);
      }
      const gone = commit({ changedTasks: [task('t9', 'r1')], writtenBefore: new Map([[task('t9', 'r1').id, first]]) });
      await expect(master.commit(1, gone)).rejects.toMatchObject({ code: 'conflict' });
    });

    test('is all or nothing, whichever part is refused', async () => {
      const { master, instances, events, commands } = subject.store;
      await startRun('r1');
      await subject.lead(1);
      await master.commit(1, commit({ newTasks: [task('t1', 'r1', { dispatchId: 'd1' as DispatchId })] }));
      const before = [await master.loadRun(runId('r1')), await events.latestSeq()];
      const good = { instance: run('r1', { state: 'running' }), events: [event('r1')], outboxPut: [order('d1')] };
      const bad = [
        commit({ ...good, newTasks: [task('t1', 'r1', { attempt: 2, current: false })] }),
        commit({ ...good, newTasks: [task('t2', 'r1', { attempt: 2 })] }),
        commit({ ...good, newTasks: [task('t2', 'r1', { current: false })] }),
        commit({ ...good, newTasks: [task('t2', 'r1', { name: 'b', dispatchId: 'd1' as DispatchId })] }),
        commit({ ...good, newTasks: [task('t2', 'r9')] }),
        commit({ ...good, changedTasks: [task('t9', 'r1')] }),
        commit({ ...good, instance: run('r9') }),
        commit({ ...good, commandsDone: [done('r9')] }),
        commit({ ...good, commandsDone: [done('r1'), done('r1')] }),
      ];
      for (const [i, unit] of bad.entries()) {
        await expect(master.commit(1, unit), `unit ${i}`).rejects.toMatchObject({ code: 'conflict' });
        expect([await master.loadRun(runId('r1')), await events.latestSeq()], `unit ${i}`).toEqual(before);
      }
      expect(await commands.outcome('c-r1')).toEqual({ done: false, outcome: null });
      expect(await instances.task('t2')).toBeUndefined();
    });

    test('of a retry hands the place of the current task instance over', async () => {
      const { master } = subject.store;
      await startRun('r1');
      await subject.lead(1);
      await master.commit(1, commit({ newTasks: [task('t1', 'r1')] }));
      const old = task('t1', 'r1', { current: false, state: 'failure' });
      const next = task('t2', 'r1', { attempt: 2, previousId: old.id, retryTimes: 1 });
      await master.commit(1, commit({ changedTasks: [old], newTasks: [next] }));
      expect((await master.loadRun(runId('r1')))!.tasks).toEqual([old, next]);
    });

    test('carries a command out once, however often it is tried', async () => {
      const { master, commands, events } = subject.store;
      const before = await events.latestSeq();
      await startRun('r1');
      await subject.lead(1);
      const unit = commit({ commandsDone: [done('r1', 'started')], events: [event('r1')] });
      const tries = await Promise.allSettled(Array.from({ length: 10 }, () => master.commit(1, unit)));
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await commands.outcome('c-r1')).toEqual({ done: true, outcome: 'started' });
      expect(await events.after(before, { limit: 10 })).toHaveLength(2);
      expect(await master.pendingCommands(10)).toEqual([]);
      await expect(master.rejectCommand(1, done('r1').id, 'no')).rejects.toMatchObject({ code: 'conflict' });
    });

    test('keeps and drops orders to workers', async () => {
      const { master } = subject.store;
      await startRun('r1');
      await subject.lead(1);
      await master.commit(1, commit({ outboxPut: [order('d1'), order('d2')] }));
      await master.commit(1, commit({ outboxPut: [order('d1', { reason: 'again', createdAt: 9 })] }));
      expect((await master.loadRun(runId('r1')))!.outbox).toEqual([order('d1', { reason: 'again' }), order('d2')]);
      await master.commit(1, commit({ outboxDone: ['d1', 'never-there'] }));
      expect((await master.loadRun(runId('r1')))!.outbox).toEqual([order('d2')]);
    });
  });

  describe('numbers', () => {
    test('of 200 runs taken at once have no gap and no double, and a refused unit uses none up', async () => {
      const { master, instances } = subject.store;
      await subject.lead(1);
      const ids = Array.from({ length: 200 }, (_, i) => `r${String(i).padStart(3, '0')}`);
      await Promise.all(ids.map(startRun));
      const results = await Promise.allSettled(
        ids.map((id, i) =>
          master.commit(1, {
            ...commit({
              instance: run(id, { state: 'running' }),
              newTasks: [task(`t-${id}`, i % 10 === 3 ? 'nowhere' : id)],
            }),
            assignNumber: true,
          }),
        ),
      );
      const given = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.number] : []));
      expect(given).toEqual(Array.from({ length: 180 }, (_, i) => i + 1));
      expect((await instances.find('r003'))!.number).toBeNull();
      expect((await instances.find('r004'))!.number).toBe(4);
      const twice = commit({ instance: run('r004'), assignNumber: true });
      await expect(master.commit(1, twice)).rejects.toMatchObject({ code: 'conflict' });
      // A later row that does not know its number does not take it away.
      await master.commit(1, commit({ instance: run('r004', { state: 'success', number: null }) }));
      expect(await instances.find('r004')).toMatchObject({ state: 'success', number: 4 });
    });
  });

  describe('taking over', () => {
    test('finds every run that has not ended, in pages', async () => {
      const { master } = subject.store;
      await subject.lead(1);
      for (let i = 0; i < 12; i++) await startRun(`r${String(i).padStart(2, '0')}`);
      await master.commit(1, commit({ instance: run('r03', { state: 'success' }) }));
      await master.commit(1, commit({ instance: run('r04', { state: 'failover' }) }));
      const open = await allPages(({ cursor, limit }) => master.openInstances({ after: cursor, limit }), 4);
      expect(open).toHaveLength(11);
      expect(open).not.toContain('r03');
      expect([...open].sort()).toEqual(open);
    });

    test('finds the run of a late result by its dispatch', async () => {
      const { master } = subject.store;
      await startRun('r1');
      await subject.lead(1);
      await master.commit(1, commit({ newTasks: [task('t1', 'r1', { dispatchId: 'd1' as DispatchId })] }));
      expect(await master.findDispatch('d1')).toEqual({
        workflowInstanceId: 'r1',
        projectId: expect.any(String),
        taskInstanceId: 't1',
        taskName: expect.any(String),
        state: expect.any(String),
        workerId: null,
      });
      const old = task('t1', 'r1', { dispatchId: 'd1' as DispatchId, current: false });
      await master.commit(1, commit({ changedTasks: [old] }));
      expect(await master.findDispatch('d1')).toMatchObject({ taskInstanceId: 't1' });
      expect(await master.findDispatch('d2')).toBeUndefined();
    });
  });
}
