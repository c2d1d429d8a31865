/** The contract of listeners: events from the record to each instance, in order, and nothing lost on the way. */
import {
  type ListenerEvent,
  type ListenerEventType,
  type ListenerInstanceId,
  type ListenerPluginRow,
  type NewAlert,
  type ProjectId,
  toListenerEvent,
} from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import type { ListenerStore, NewListenerInstance } from '../../ports/listeners.ts';
import type { Subject } from '../store-contract.ts';
import { command, commit, event, PROJECT, project, run, runId, task, WORKFLOW, workflowEvent } from './fixtures.ts';

const instanceId = (id: string) => id as ListenerInstanceId;

function instance(id: string, more: Partial<NewListenerInstance> = {}): NewListenerInstance {
  return {
    ...{ id: instanceId(id), name: id, plugin: 'webhook', settings: 'sealed', enabled: true, createdAt: 1 },
    eventTypes: ['workflow.started', 'workflow.ended'],
    projectId: null,
    ...more,
  };
}

function plugin(id: string): ListenerPluginRow {
  return {
    ...{ id: id as ListenerPluginRow['id'], name: id, title: `The ${id}`, version: '1.0.0', origin: 'uploaded' },
    ...{ packageName: null, settingsSchema: { type: 'object' }, digest: 'd1', enabled: false },
    ...{ createdBy: 'ann', createdAt: 1, updatedAt: 1 },
  };
}

function heard(
  seq: number,
  type: ListenerEventType = 'workflow.ended',
  projectId: string | null = PROJECT,
): ListenerEvent {
  const of = projectId === null ? null : { id: projectId as ProjectId, name: 'first' };
  return {
    id: `event-${seq}`,
    seq,
    type,
    version: 1,
    time: 100 + seq,
    project: of,
    subject: `s${seq}`,
    data: { ü: seq },
  };
}

function alert(id: string, state: 'open' | 'resolved'): NewAlert {
  const message: NewAlert['message'] = {
    kind: 'listener_stopped',
    severity: 'error',
    ...{ state, subject: 'listener_stopped:a', title: 't', text: 'x' },
    ...{ facts: [], links: [], labels: {}, source: 's', count: 1, firstAt: 1, lastAt: 1 },
  };
  const ofNothing = { group: null, projectId: null, workflowId: null, workflowInstanceId: null };
  return { id: id as NewAlert['id'], ...ofNothing, message, createdAt: 1 };
}

export function describeListeners(subject: Subject): void {
  const people = (): ListenerStore => subject.store.listeners;
  const engine = () => subject.store.listenerEngine;
  const page = { limit: 50, cursor: null };
  const conflict = { code: 'conflict' };
  const seqs = (events: readonly ListenerEvent[]) => events.map(({ seq }) => seq);

  async function cursorNow(): Promise<number> {
    return (await subject.store.events.latestSeq()) ?? 0;
  }
  async function tell(at: number): Promise<void> {
    await subject.store.workflows.setOnline(WORKFLOW, at % 2 === 0, workflowEvent(WORKFLOW, { at }));
  }

  describe('listeners', () => {
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

    test('keeps events and the position as one, and again without changing anything', async () => {
      await subject.lead(1);
      const { producer, consumer } = engine().openLog(1);
      expect(await producer.position()).toBeNull();
      await producer.append({ events: [heard(3), heard(5, 'task.ended', null)], position: 6 });
      await producer.append({ events: [heard(3), heard(5, 'task.ended', null)], position: 5 });
      expect(await producer.position()).toBe(6);
      const all = { types: ['workflow.ended', 'task.ended'] as const, project: null, after: 0 };
      expect(await consumer.next({ ...all, limit: 10 })).toEqual([heard(3), heard(5, 'task.ended', null)]);
      expect(seqs(await consumer.next({ ...all, limit: 1 }))).toEqual([3]);
      expect(seqs(await consumer.next({ ...all, project: PROJECT, limit: 10 }))).toEqual([3]);
      expect(seqs(await consumer.next({ ...all, types: ['task.ended'], limit: 10 }))).toEqual([5]);
      expect(await consumer.waiting(all)).toEqual({ events: 2, oldestAt: 103 });
      expect(await consumer.waiting({ ...all, after: 5 })).toEqual({ events: 0, oldestAt: null });
    });

    test('writes nothing for a leader that is none', async () => {
      await subject.lead(2);
      await people().instances.create(instance('a'));
      const { producer, keeper } = engine().openLog(1);
      const fenced = { code: 'fenced' };
      await expect(producer.append({ events: [heard(3)], position: 9 })).rejects.toMatchObject(fenced);
      await expect(engine().markRead(1, 9)).rejects.toMatchObject(fenced);
      await expect(engine().heard(1, instanceId('a'), { seq: 9, at: 1 })).rejects.toMatchObject(fenced);
      const read = { id: instanceId('a'), cursor: 0, eventTypes: [], projectId: null };
      await expect(engine().passed(1, read, 9)).rejects.toMatchObject(fenced);
      const failure = { seq: 9, attempt: 1, reason: 'x', at: 1, nextAttemptAt: 2 };
      await expect(engine().failed(1, instanceId('a'), failure)).rejects.toMatchObject(fenced);
      await expect(engine().fileAlert(1, alert('a1', 'open'))).rejects.toMatchObject(fenced);
      expect(await keeper.weight()).toEqual({ events: 0, bytes: 0 });
      expect((await people().instances.find('a'))?.blockedSeq).toBeNull();
    });

    test('lets an instance begin with what happens from now on, and again when it is switched on', async () => {
      await tell(81);
      await people().instances.create(instance('a'));
      const begun = await cursorNow();
      expect(await people().instances.find('a')).toMatchObject({
        cursor: begun,
        delivered: 0,
        eventTypes: instance('a').eventTypes,
      });
      await subject.lead(1);
      expect(await engine().openLog(1).producer.position()).toBe(begun);
      await people().instances.update(instanceId('a'), { enabled: false, at: 5 });
      expect(await engine().enabled()).toEqual([]);
      await tell(82);
      await people().instances.update(instanceId('a'), { enabled: true, at: 6 });
      expect(await people().instances.find('a')).toMatchObject({ cursor: await cursorNow(), updatedAt: 6 });
      expect(await cursorNow()).toBeGreaterThan(begun);
      await people().instances.update(instanceId('a'), { enabled: true, settings: 'other', at: 7 });
      expect(await engine().enabled()).toMatchObject([{ id: 'a', settings: 'other', installed: null }]);
    });

    test('knows what an instance has not heard while it was switched off', async () => {
      await people().instances.create(instance('a', { eventTypes: ['workflow.updated'] }));
      await people().instances.create(
        instance('b', { eventTypes: ['workflow.updated'], projectId: 'p2' as ProjectId }),
      );
      await people().instances.create(instance('c'));
      await people().instances.update(instanceId('a'), { enabled: false, at: 5 });
      for (const at of [83, 84]) await tell(at);
      const unheard = async () =>
        await Promise.all(['a', 'b', 'c', 'no'].map((id) => people().instances.unheard(instanceId(id))));
      expect(await unheard()).toEqual([2, 0, 0, 0]);
      await people().instances.update(instanceId('a'), { enabled: true, at: 6 });
      expect(await unheard()).toEqual([0, 0, 0, 0]);
    });

    test('is changed and found by name, and gone with its failures', async () => {
      await people().instances.create(instance('a'));
      await people().instances.create(instance('b', { projectId: PROJECT }));
      const taken = { code: 'name_in_use' };
      await expect(people().instances.create(instance('c', { name: 'a' }))).rejects.toMatchObject(taken);
      await expect(people().instances.update(instanceId('b'), { name: 'a', at: 2 })).rejects.toMatchObject(taken);
      await people().instances.update(instanceId('b'), {
        name: 'z',
        projectId: null,
        eventTypes: ['server.down'],
        at: 2,
      });
      expect(await people().instances.find('z')).toMatchObject({
        id: 'b',
        projectId: null,
        eventTypes: ['server.down'],
      });
      const first = await people().instances.list({ limit: 1, cursor: null });
      expect(first.items.map(({ name }) => name)).toEqual(['a']);
      expect((await people().instances.list({ limit: 1, cursor: first.next })).items.map(({ name }) => name)).toEqual([
        'z',
      ]);
      await people().instances.delete(instanceId('b'));
      const gone = { code: 'not_found' };
      await expect(people().instances.delete(instanceId('b'))).rejects.toMatchObject(gone);
      await expect(people().instances.update(instanceId('b'), { at: 3 })).rejects.toMatchObject(gone);
      expect(await people().instances.find('b')).toBeUndefined();
    });

    test('goes on behind what is not for it, unless it was blocked, moved on or given more to hear meanwhile', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      const id = instanceId('a');
      const find = async () => (await people().instances.find('a'))!;
      const row = await find();
      const at = row.cursor;
      await engine().passed(1, row, at + 5);
      expect(await find()).toMatchObject({ cursor: at + 5, delivered: 0, skipped: 0 });
      await engine().passed(1, row, at + 9);
      await engine().passed(1, await find(), at + 3);
      expect(await find()).toMatchObject({ cursor: at + 5 });
      await people().instances.update(id, { eventTypes: ['server.down', 'task.ended'], at: 3 });
      await engine().passed(1, { ...row, cursor: at + 5 }, at + 9);
      expect(await find()).toMatchObject({ cursor: at + 5 });
      const failure = { seq: at + 7, attempt: 1, reason: 'refused', at: 60, nextAttemptAt: 70 };
      await engine().failed(1, id, failure);
      await engine().passed(1, await find(), at + 9);
      expect(await find()).toMatchObject({ cursor: at + 5, blockedSeq: at + 7 });
    });

    test('goes on after each event, is blocked by one that fails, and goes on when that is heard', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      const at = await cursorNow();
      const [one, two, three] = [at + 1, at + 2, at + 3];
      await engine()
        .openLog(1)
        .producer.append({ events: [one, two, three].map((seq) => heard(seq)), position: three });
      await engine().heard(1, instanceId('a'), { seq: one, at: 50 });
      const failure = { seq: two, attempt: 1, reason: 'refused', at: 60, nextAttemptAt: 70 };
      await engine().failed(1, instanceId('a'), failure);
      await engine().failed(1, instanceId('a'), { ...failure, attempt: 2, at: 75, nextAttemptAt: 90 });
      expect(await people().instances.find('a')).toMatchObject({
        ...{
          cursor: one,
          delivered: 1,
          blockedSeq: two,
          attempt: 2,
          reason: 'refused',
          nextAttemptAt: 90,
          blockedSince: 60,
        },
      });
      const listed = async (status: 'waiting' | 'failed' | 'delivered' | 'skipped') =>
        (await people().instances.events(instanceId('a'), status, page)).items;
      expect(await listed('failed')).toEqual([
        { event: heard(two), failure: { attempts: 2, reason: 'refused', firstAt: 60, lastAt: 75, skippedBy: null } },
      ]);
      expect(await listed('waiting')).toEqual([{ event: heard(three), failure: null }]);
      expect((await listed('delivered')).map(({ event }) => event.seq)).toEqual([one]);
      await people().instances.retry(instanceId('a'), 77);
      expect((await people().instances.find('a'))?.nextAttemptAt).toBe(77);
      await engine().heard(1, instanceId('a'), { seq: two, at: 80 });
      expect(await people().instances.find('a')).toMatchObject({
        ...{
          cursor: two,
          delivered: 2,
          blockedSeq: null,
          attempt: 0,
          reason: null,
          nextAttemptAt: null,
          lastDeliveredAt: 80,
        },
      });
      expect((await listed('delivered')).map(({ event, failure }) => [event.seq, failure?.attempts])).toEqual([
        [two, 2],
        [one, undefined],
      ]);
      await expect(people().instances.retry(instanceId('a'), 99)).rejects.toMatchObject(conflict);
    });

    test('skips only the event that blocks, and what comes late for it changes nothing', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      const two = (await cursorNow()) + 2;
      await engine()
        .openLog(1)
        .producer.append({ events: [heard(two)], position: two });
      const skip = { seq: two, by: 'ann', at: 90 };
      await expect(people().instances.skip(instanceId('a'), skip)).rejects.toMatchObject(conflict);
      const failure = { seq: two, attempt: 1, reason: 'refused', at: 60, nextAttemptAt: 70 };
      await engine().failed(1, instanceId('a'), failure);
      await expect(people().instances.skip(instanceId('a'), { ...skip, seq: two - 1 })).rejects.toMatchObject(conflict);
      await people().instances.skip(instanceId('a'), skip);
      await engine().failed(1, instanceId('a'), failure);
      await engine().heard(1, instanceId('a'), { seq: two, at: 95 });
      expect(await people().instances.find('a')).toMatchObject({
        cursor: two,
        skipped: 1,
        delivered: 0,
        blockedSeq: null,
      });
      const { items } = await people().instances.events(instanceId('a'), 'skipped', page);
      expect(items).toMatchObject([{ event: { seq: two }, failure: { skippedBy: 'ann', reason: 'refused' } }]);
      expect((await people().instances.events(instanceId('a'), 'delivered', page)).items).toEqual([]);
      await expect(people().instances.skip(instanceId('none'), skip)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('removes what is old and heard by all that want it, and never what one has yet to hear', async () => {
      await subject.lead(1);
      await subject.store.projects.create(project('p2'));
      await people().instances.create(instance('a', { eventTypes: ['workflow.ended'] }));
      await people().instances.create(instance('b', { projectId: 'p2' as ProjectId }));
      await people().instances.create(instance('off', { enabled: false, eventTypes: ['task.ended'] }));
      const at = await cursorNow();
      const events = [heard(at + 1), heard(at + 2, 'workflow.ended', 'p2'), heard(at + 3, 'task.ended'), heard(at + 4)];
      const { producer, keeper, consumer } = engine().openLog(1);
      await producer.append({ events, position: at + 4 });
      const weight = await keeper.weight();
      expect(weight.events).toBe(4);
      expect(weight.bytes).toBeGreaterThan(4 * 20);
      await engine().heard(1, instanceId('a'), { seq: at + 4, at: 1 });
      const old = { after: 0, before: 100 + at + 4 };
      expect(await keeper.removeHeard({ ...old, limit: 2 })).toEqual({ removed: 1, next: at + 2 });
      expect(await keeper.removeHeard({ ...old, after: at + 2, limit: 2 })).toEqual({ removed: 1, next: at + 4 });
      expect(await keeper.removeHeard({ ...old, after: at + 4, limit: 2 })).toEqual({ removed: 0, next: null });
      const left = { types: ['workflow.ended', 'task.ended'] as const, project: null, after: 0, limit: 10 };
      expect(seqs(await consumer.next(left))).toEqual([at + 2, at + 4]);
    });

    test('forgets failures that are over and old, wherever events are kept, and none whose event is still here', async () => {
      await subject.lead(1);
      await people().instances.create(instance('a'));
      const id = instanceId('a');
      const at = await cursorNow();
      const { producer, keeper } = engine().openLog(1);
      await producer.append({ events: [heard(at + 4)], position: at + 4 });
      const fail = async (seq: number, when: number) =>
        await engine().failed(1, id, { seq, attempt: 1, reason: 'no', at: when, nextAttemptAt: when });
      for (const [n, over] of [
        [1, 50],
        [2, 60],
        [3, 70],
        [4, 50],
      ] as const) {
        await fail(at + n, 40);
        if (n === 2) await people().instances.skip(id, { seq: at + n, by: 'ann', at: over });
        else await engine().heard(1, id, { seq: at + n, at: over });
      }
      await fail(at + 5, 40);
      const forget = async (before: number, limit = 10) => await engine().forgetFailures(1, { before, limit });
      expect(await forget(50)).toBe(0);
      expect([await forget(70, 1), await forget(70, 1), await forget(70, 1)]).toEqual([1, 1, 0]);
      await keeper.removeHeard({ after: 0, before: Number.MAX_SAFE_INTEGER, limit: 10 });
      await subject.lead(2);
      await expect(forget(1_000)).rejects.toMatchObject({ code: 'fenced' });
      expect(await engine().forgetFailures(2, { before: 1_000, limit: 10 })).toBe(2);
      expect(await people().instances.find('a')).toMatchObject({ blockedSeq: at + 5 });
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

    test('files an alert only when it says something else than the newest of its subject', async () => {
      await subject.lead(1);
      const said = [
        await engine().fileAlert(1, alert('a1', 'resolved')),
        await engine().fileAlert(1, alert('a2', 'open')),
        await engine().fileAlert(1, alert('a3', 'open')),
        await engine().fileAlert(1, alert('a4', 'resolved')),
        await engine().fileAlert(1, alert('a5', 'open')),
      ];
      expect(said).toEqual([false, true, false, true, true]);
    });

    test('installs plugins, gives their code, and keeps those that are in use', async () => {
      const { plugins } = people();
      const row = plugin('mine');
      await plugins.install(row, 'export default 1');
      await expect(plugins.install({ ...row, id: 'p9' as never }, '')).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await plugins.find('mine')).toEqual(row);
      expect(await engine().code('mine')).toBe('export default 1');
      expect(await engine().code('none')).toBeUndefined();
      await plugins.update(row.id, { enabled: true, code: 'export default 2', digest: 'd2', version: '2.0.0', at: 9 });
      expect(await plugins.list()).toEqual([{ ...row, enabled: true, digest: 'd2', version: '2.0.0', updatedAt: 9 }]);
      expect(await engine().code('mine')).toBe('export default 2');
      await people().instances.create(instance('a', { plugin: 'mine' }));
      expect((await engine().enabled())[0]?.installed).toEqual({ enabled: true, digest: 'd2' });
      const inUse = plugins.uninstall(row.id);
      await expect(inUse).rejects.toMatchObject({ ...conflict, message: expect.stringContaining('a') });
      await people().instances.delete(instanceId('a'));
      await plugins.uninstall(row.id);
      expect(await plugins.list()).toEqual([]);
      await expect(plugins.uninstall(row.id)).rejects.toMatchObject({ code: 'not_found' });
      await expect(plugins.update(row.id, { enabled: false, at: 10 })).rejects.toMatchObject({ code: 'not_found' });
    });

    test('has what blocks the instances of a plugin tried at once when the plugin is changed', async () => {
      await subject.lead(1);
      await people().plugins.install(plugin('mine'), 'export default 1');
      for (const [id, of] of Object.entries({ a: 'mine', b: 'other', c: 'mine' }))
        await people().instances.create(instance(id, { plugin: of }));
      const failure = {
        seq: (await cursorNow()) + 1,
        attempt: 9,
        reason: 'not enabled',
        at: 60,
        nextAttemptAt: 300_060,
      };
      for (const id of ['a', 'b']) await engine().failed(1, instanceId(id), failure);
      await people().plugins.update(plugin('mine').id, { enabled: true, at: 99 });
      const next = ['a', 'b', 'c'].map(async (id) => (await people().instances.find(id))?.nextAttemptAt);
      expect(await Promise.all(next)).toEqual([99, 300_060, null]);
      expect(await people().instances.find('a')).toMatchObject({ blockedSeq: failure.seq, attempt: 9 });
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
