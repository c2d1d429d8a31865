/** The contract of the record that listeners hear: what it tells, and how long it is held for them. */
import { toListenerEvent } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { ListenerStore } from '../../ports/listeners.ts';
import type { Subject } from '../store-contract.ts';
import { command, commit, event, PROJECT, run, runId, task, WORKFLOW, workflowEvent } from './fixtures.ts';
import { instance, instanceId } from './listener-fixtures.ts';

export function describeListenerRecord(subject: Subject): void {
  const people = (): ListenerStore => subject.store.listeners;
  const engine = () => subject.store.listenerEngine;
  const conflict = { code: 'conflict' };

  async function cursorNow(): Promise<number> {
    return (await subject.store.events.latestSeq()) ?? 0;
  }

  describe('the record for listeners', () => {
    test('reads the record in order, with the run, the task and the project that a row tells of', async () => {
      await subject.lead(1);
      const parent = { parentInstanceId: runId('r0'), parentTask: 'each' };
      await subject.store.instances.start(
        run('r1', parent),
        command('c1', 'r1'),
        event('r1', { type: 'workflow_instance.created' }),
      );
      const before = await cursorNow();
      const one = task('t1', 'r1', { type: 'shell', workerName: 'rack-7', startedAt: 5 });
      const told = { type: 'task_instance.state' as const, taskInstanceId: one.id, at: 20 };
      await subject.store.master.commit(
        1,
        commit({
          ...{
            instance: run('r1', { ...parent, state: 'running', startedAt: 12 }),
            assignNumber: true,
            newTasks: [one],
          },
          events: [
            event('r1', { data: { from: 'submitted', to: 'running', runCounter: 1 } }),
            event('r1', { ...told, type: 'task_instance.created', data: {} }),
            event('r1', {
              ...told,
              data: { from: 'running', to: 'failure', name: 'a', attempt: 1, code: 'exit', text: 'x' },
            }),
          ],
        }),
      );
      const { rows, position, isEnd } = await engine().record.page(before, 50);
      expect([position, isEnd]).toEqual([await engine().record.latestSeq(), true]);
      const [started, failed] = rows.map((row) => toListenerEvent(row)!);
      expect(started).toMatchObject({
        ...{ type: 'workflow.started', subject: 'workflow/workflow-1/run/1', project: { id: PROJECT, name: 'first' } },
        data: { run: { number: 1, isChild: true, parent: { runId: 'r0', task: 'each' } }, workflow: { id: WORKFLOW } },
      });
      expect(failed).toMatchObject({
        ...{ type: 'task.failed', time: 20, seq: position },
        data: {
          task: { name: 'a', type: 'shell', attempt: 1 },
          worker: 'rack-7',
          startedAt: 5,
          reason: { code: 'exit' },
        },
      });
      expect(await engine().record.page(before, 1)).toMatchObject({ position: before + 1, isEnd: false });
      expect(await engine().record.page(position, 1)).toEqual({ rows: [], position, isEnd: true });
    });

    test('lets the record forget nothing that has not been read for listeners', async () => {
      await subject.lead(1);
      const { retention } = subject.store.master;
      const done = { id: 'c1' as never, outcome: 'done' };
      await subject.store.instances.start(run('r1'), command('c1', 'r1'), event('r1'));
      await subject.store.master.commit(
        1,
        commit({ instance: run('r1', { state: 'success', endedAt: 9 }), commandsDone: [done] }),
      );
      await people().instances.create(instance('a'));
      const before = await cursorNow();
      await subject.store.master.commit(1, commit({ events: [event('r1'), workflowEvent(WORKFLOW, { at: 5 })] }));
      const never = Number.MAX_SAFE_INTEGER;
      await retention.purge(1, 'events', { after: null, limit: 50, before: never });
      await expect(retention.remove(1, [runId('r1')])).rejects.toMatchObject(conflict);
      expect((await subject.store.events.after(before, { limit: 10 })).length).toBe(2);
      await engine().markRead(1, before + 2);
      expect(await retention.remove(1, [runId('r1')])).toMatchObject({ runs: 1 });
      expect((await retention.purge(1, 'events', { after: null, limit: 50, before: never })).removed).toBe(1);
    });

    test('holds back nothing of the record while no instance is switched on', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      await people().instances.update(instanceId('a'), { enabled: false, at: 3 });
      const done = { id: 'c1' as never, outcome: 'done' };
      await subject.store.instances.start(run('r1'), command('c1', 'r1'), event('r1'));
      await subject.store.master.commit(
        1,
        commit({ instance: run('r1', { state: 'success', endedAt: 9 }), commandsDone: [done], events: [event('r1')] }),
      );
      expect(await subject.store.master.retention.remove(1, [runId('r1')])).toMatchObject({ runs: 1, events: 2 });
    });

    test('tells of the tasks of a version in its unit, and of none when it was compared with an older one', async () => {
      const taskEvent = (name: string) => workflowEvent(WORKFLOW, { type: 'task.added', data: { task: name } });
      const change = {
        name: WORKFLOW,
        description: '',
        taskCount: 1,
        document: { name: WORKFLOW },
        createdBy: 'ann',
        at: 9,
      };
      const before = await cursorNow();
      const save = (contentHash: string, base: number) =>
        subject.store.workflows.saveVersion(WORKFLOW, { ...change, contentHash }, workflowEvent(WORKFLOW), {
          base,
          events: [taskEvent('x'), taskEvent('y')],
        });
      expect(await save('h2', 1)).toEqual({ version: 2, created: true });
      expect(await save('h3', 1)).toEqual({ version: 2, created: false });
      expect(await save('h2', 2)).toEqual({ version: 2, created: false });
      const told = await subject.store.events.after(before, { limit: 10 });
      expect(told.map(({ type, data }) => [type, data.task])).toEqual([
        ['workflow.updated', undefined],
        ['task.added', 'x'],
        ['task.added', 'y'],
      ]);
      const removed = { base: 1, events: [workflowEvent(WORKFLOW, { type: 'task.removed' })] };
      const gone = workflowEvent(WORKFLOW, { type: 'workflow.removed' });
      await expect(subject.store.workflows.delete(WORKFLOW, gone, removed)).rejects.toMatchObject(conflict);
      await subject.store.workflows.delete(WORKFLOW, gone, { ...removed, base: 2 });
      expect((await subject.store.events.after(before + 3, { limit: 10 })).map(({ type }) => type)).toEqual([
        'task.removed',
        'workflow.removed',
      ]);
    });
  });
}
