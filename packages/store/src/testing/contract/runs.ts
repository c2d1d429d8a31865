/** The contract of runs, commands and events as people look at them. */
import { firstIdAt, type WorkflowState } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { AuditRow, InstanceFilter } from '../../ports/api.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import {
  command,
  commit,
  event,
  PROJECT,
  project,
  run,
  runId,
  task,
  version,
  WORKFLOW,
  workflow,
  workflowEvent,
} from './fixtures.ts';

export function describeRuns(subject: Subject): void {
  describe('runs', () => {
    test('are filed with their command and event, or not at all', async () => {
      const { instances, commands, events } = subject.store;
      const before = await events.latestSeq();
      await instances.start(run('r1'), command('c1', 'r1'), event('r1', { type: 'workflow_instance.created' }));
      expect(await instances.find('r1')).toEqual(run('r1'));
      expect(await commands.outcome('c1')).toEqual({ done: false, outcome: null });
      const audit = {
        id: 'a1' as AuditRow['id'],
        at: 1,
        actor: 'ann',
        action: 'workflow.start',
        subject: 'p/w',
        data: {},
      };
      await instances.start(run('r4'), command('c4', 'r4'), event('r4'), audit);
      const twice = instances.start(run('r4'), command('c5', 'r4'), event('r4'), {
        ...audit,
        id: 'a2' as AuditRow['id'],
      });
      await expect(twice).rejects.toMatchObject({ code: 'conflict' });
      expect((await subject.store.requests.auditLog({ limit: 5, cursor: null })).items).toEqual([audit]);
      const again = instances.start(run('r1'), command('c2', 'r1'), event('r1'));
      await expect(again).rejects.toMatchObject({ code: 'conflict' });
      const sameCommand = instances.start(run('r2'), command('c1', 'r2'), event('r2'));
      await expect(sameCommand).rejects.toMatchObject({ code: 'conflict' });
      const noVersion = instances.start(run('r3', { version: 9 }), command('c3', 'r3'), event('r3'));
      await expect(noVersion).rejects.toMatchObject({ code: 'conflict' });
      expect(await instances.find('r2')).toBeUndefined();
      expect(await commands.outcome('c2')).toBeUndefined();
      expect(await commands.pendingCount()).toBe(2);
      const written = await events.after(before, { limit: 10 });
      expect(written).toHaveLength(2);
      expect(await events.latestSeq()).toBe(written[1]!.seq);
    });

    test('are listed newest first by every filter, whole and without doubles, while others are added', async () => {
      const { store } = subject;
      await store.projects.create(project('p2'));
      const other = workflow('w2', { projectId: project('p2').id });
      await store.workflows.create(other, version('w2'), workflowEvent('w2'));
      const states: readonly WorkflowState[] = ['submitted', 'running', 'success', 'failure'];
      const rows = Array.from({ length: 40 }, (_, i) =>
        run(`r${String(i).padStart(3, '0')}`, {
          state: states[i % 4]!,
          ...(i % 3 === 0 ? { projectId: other.projectId, workflowId: other.id } : {}),
        }),
      );
      for (const row of rows) await store.instances.start(row, command(`c-${row.id}`, row.id), event(row.id));
      const filters: readonly InstanceFilter[] = [
        {},
        { projectId: PROJECT },
        { workflowId: WORKFLOW },
        { projectId: PROJECT, workflowId: WORKFLOW },
        { projectId: PROJECT, workflowId: other.id },
        { states: ['running'] },
        { states: ['running', 'failure', 'running'] },
        { states: ['paused'] },
        { states: [] },
        { projectId: other.projectId, states: ['success', 'submitted'] },
        { workflowId: other.id, states: ['success', 'submitted'] },
        { projectId: PROJECT, workflowId: WORKFLOW, states: ['running', 'failure'] },
      ];
      for (const filter of filters) {
        const expected = rows
          .filter(
            (row) =>
              (filter.projectId ?? row.projectId) === row.projectId &&
              (filter.workflowId ?? row.workflowId) === row.workflowId &&
              (filter.states ?? states).includes(row.state),
          )
          .map(({ id }) => id)
          .reverse();
        const listed = await allPages((page) => store.instances.list(filter, page), 7);
        expect(
          listed.map(({ id }) => id),
          JSON.stringify(filter),
        ).toEqual(expected);
      }
      const first = await store.instances.list({}, { limit: 3, cursor: null });
      await store.instances.start(run('r999'), command('c999', 'r999'), event('r999'));
      const second = await store.instances.list({}, { limit: 3, cursor: first.next });
      expect(second.items.map(({ id }) => id)).toEqual(['r036', 'r035', 'r034']);
      await expect(store.instances.list({}, { limit: 3, cursor: 'x' })).rejects.toMatchObject({ code: 'bad_request' });
    });

    test('are found by what started them, by when they were made, and by their number', async () => {
      const { instances } = subject.store;
      const idAt = (at: number) => `${firstIdAt(at).slice(0, 10)}${'0'.repeat(15)}z`;
      const rows = Array.from({ length: 24 }, (_, i) =>
        run(idAt(1000 + i), {
          state: i % 2 === 0 ? 'success' : 'failure',
          number: i + 1,
          ...(i % 3 === 0 ? {} : { originKind: i % 3 === 1 ? 'schedule' : 'backfill', originId: `o${i % 6}` }),
        }),
      );
      for (const row of rows) await instances.start(row, command(`c-${row.id}`, row.id), event(row.id));
      const spans: readonly InstanceFilter[] = [{}, { from: 1005 }, { to: 1015 }, { from: 1005, to: 1015 }];
      const filters = spans.flatMap((span): readonly InstanceFilter[] => [
        span,
        { ...span, states: ['failure'] },
        { ...span, projectId: PROJECT, states: ['failure', 'success'] },
        { ...span, origin: { kind: 'schedule' } },
        { ...span, origin: { id: 'o2' } },
        { ...span, origin: { id: 'o4' }, states: ['failure'], workflowId: WORKFLOW, projectId: PROJECT },
        { ...span, origin: { kind: 'trigger' }, states: ['failure'] },
        { ...span, workflowId: WORKFLOW, number: 12 },
        { ...span, workflowId: WORKFLOW, number: 12, states: ['success'] },
        { ...span, number: 12 },
      ]);
      for (const filter of filters) {
        const { origin, from = 0, to = 9999, number, workflowId } = filter;
        const expected = rows.filter(
          (row, i) =>
            (filter.states ?? [row.state]).includes(row.state) &&
            1000 + i >= from &&
            1000 + i < to &&
            (origin === undefined || ('id' in origin ? row.originId === origin.id : row.originKind === origin.kind)) &&
            (number === undefined || (workflowId !== undefined && row.number === number)),
        );
        const listed = await allPages((page) => instances.list(filter, page), 5);
        expect(
          listed.map(({ id }) => id),
          JSON.stringify(filter),
        ).toEqual(expected.map(({ id }) => id).reverse());
      }
    });

    test('are counted by state since a moment', async () => {
      const { instances } = subject.store;
      await instances.start(run('r1', { createdAt: 5 }), command('c1', 'r1'), event('r1'));
      await instances.start(run('r2', { createdAt: 6 }), command('c2', 'r2'), event('r2'));
      await instances.start(run('r3', { createdAt: 7, state: 'success' }), command('c3', 'r3'), event('r3'));
      expect(await instances.countsByState(6)).toEqual({ submitted: 1, success: 1 });
      expect(await instances.countsByState(8)).toEqual({});
    });

    test('are counted over time, the newest first when there are too many', async () => {
      const { instances } = subject.store;
      const times = [100, 105, 119, 120, 260];
      for (const [i, createdAt] of times.entries()) {
        const state = i === 1 ? 'failure' : 'success';
        await instances.start(run(`r${i}`, { createdAt, state }), command(`c${i}`, `r${i}`), event(`r${i}`));
      }
      const counted = (since: number, most = 100) => instances.countsOverTime({ since, everyMs: 20, most });
      const [first, second] = [
        { at: 120, state: 'success', count: 1 },
        { at: 260, state: 'success', count: 1 },
      ];
      expect(await counted(101)).toEqual({
        spans: [{ at: 100, state: 'failure', count: 1 }, { at: 100, state: 'success', count: 1 }, first, second],
        from: null,
      });
      expect(await counted(100, 2)).toMatchObject({ from: 119 });
      expect(await counted(120, 2)).toEqual({ spans: [first, second], from: null });
      expect(await counted(261)).toEqual({ spans: [], from: null });
    });

    test('that were set aside are found, newest first', async () => {
      const { instances } = subject.store;
      const quarantine = { code: 'quarantined', text: 'A handler failed.', since: 1 } as const;
      for (const id of ['r1', 'r2', 'r3']) {
        await instances.start(run(id, id === 'r2' ? {} : { quarantine }), command(`c-${id}`, id), event(id));
      }
      expect((await instances.setAside(5)).map(({ id }) => id)).toEqual(['r3', 'r1']);
      expect((await instances.setAside(1)).map(({ id }) => id)).toEqual(['r3']);
    });

    test('show their task instances in order of creation', async () => {
      const { instances, master } = subject.store;
      await instances.start(run('r1'), command('c1', 'r1'), event('r1'));
      await subject.lead(1);
      const tasks = ['t3', 't1', 't2'].map((id) => task(id, 'r1', { name: id }));
      await master.commit(1, commit({ newTasks: tasks }));
      expect((await instances.tasks(runId('r1'))).map(({ id }) => id)).toEqual(['t1', 't2', 't3']);
      const pages = await allPages((page) => instances.taskPage(runId('r1'), page), 2);
      expect(pages.map(({ id }) => id)).toEqual(['t1', 't2', 't3']);
      const first = await instances.taskPage(runId('r1'), { limit: 2, cursor: null });
      expect(first).toEqual({ items: [tasks[1], tasks[2]], next: expect.any(String) });
      expect((await instances.taskPage(runId('r1'), { limit: 3, cursor: null })).next).toBeNull();
      expect(await instances.taskPage(runId('r9'), { limit: 2, cursor: null })).toEqual({ items: [], next: null });
      await expect(instances.taskPage(runId('r1'), { limit: 2, cursor: '?' })).rejects.toThrow('cursor');
      expect(await instances.task('t2')).toEqual(tasks[2]);
      expect(await instances.task('t9')).toBeUndefined();
    });
  });

  describe('commands', () => {
    test('filed twice are one command', async () => {
      const { commands } = subject.store;
      await commands.file(command('c1', 'r1', { payload: { first: true } }));
      await commands.file(command('c1', 'r1', { payload: { first: false } }));
      expect(await commands.pendingCount()).toBe(1);
      const [pending] = await subject.store.master.pendingCommands(10);
      expect(pending!.payload).toEqual({ first: true });
    });

    test('are filed many at once, each once', async () => {
      const { commands } = subject.store;
      await commands.file(command('c2', 'r1'));
      await commands.fileAll(['c1', 'c2', 'c3', 'c1'].map((id) => command(id, 'r1')));
      await commands.fileAll([]);
      expect(await commands.pendingCount()).toBe(3);
    });

    test('wait by priority, then by age', async () => {
      const { commands, master } = subject.store;
      await commands.file(command('c1', 'r1', { createdAt: 3 }));
      await commands.file(command('c2', 'r1', { createdAt: 2 }));
      await commands.file(command('c3', 'r1', { createdAt: 9, priority: 'highest' }));
      await commands.file(command('c4', 'r1', { createdAt: 1, priority: 'lowest' }));
      const pending = await master.pendingCommands(3);
      expect(pending.map(({ id }) => id)).toEqual(['c3', 'c2', 'c1']);
      expect(pending[0]).toEqual(command('c3', 'r1', { createdAt: 9, priority: 'highest' }));
    });
  });

  describe('events', () => {
    test('are read in order from a cursor, of all runs or of one', async () => {
      const { events, master, instances } = subject.store;
      const before = await events.latestSeq();
      await instances.start(run('r1'), command('c1', 'r1'), event('r1', { data: { n: 0 } }));
      await subject.lead(1);
      for (let n = 1; n <= 6; n++) {
        await master.commit(1, commit({ events: [event(n % 2 ? 'r1' : 'r2', { data: { n } })] }));
      }
      const all = await events.after(before, { limit: 500 });
      expect(all.map(({ data }) => data.n)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(all.every(({ seq }, i) => i === 0 || seq > all[i - 1]!.seq)).toBe(true);
      const rest = await events.after(all[2]!.seq, { limit: 2 });
      expect(rest.map(({ data }) => data.n)).toEqual([3, 4]);
      const ofRun = await events.after(all[0]!.seq, { limit: 10, workflowInstanceId: runId('r1') });
      expect(ofRun.map(({ data }) => data.n)).toEqual([1, 3, 5]);
      expect(await events.latestSeq()).toBe(all.at(-1)!.seq);
    });
  });
}
