/** The contract of triggers: what they are, what they have noticed, and that nothing is acted on twice. */
import type { TriggerFiringRow, TriggerRow, WorkflowId } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import { encodeCursor } from '../../sql/page.ts';
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
  version,
  WORKFLOW,
  workflow,
  workflowEvent,
} from './fixtures.ts';
import { filing, firing, page, starting, trigger, triggerId } from './trigger-fixtures.ts';

const after = (id: string, more: Partial<TriggerRow> = {}) =>
  trigger(id, {
    kind: 'after_workflow',
    secret: null,
    config: {
      kind: 'after_workflow',
      projectId: PROJECT,
      workflowId: 'other' as WorkflowId,
      on: 'end',
      backfills: false,
      mapping: {},
    },
    ...more,
  });

export function describeTriggers(subject: Subject): void {
  describe('triggers', () => {
    test('are found, listed by what they are of, and have names of their own in their workflow', async () => {
      const { triggers, workflows, projects } = subject.store;
      await projects.create(project('project-2'));
      await workflows.create(workflow('w2', { projectId: 'project-2' as never }), version('w2'), workflowEvent('w2'));
      const rows = [
        trigger('t1'),
        trigger('t2'),
        trigger('t3', {
          workflowId: 'w2' as WorkflowId,
          projectId: 'project-2' as never,
          name: 't1',
          kind: 'after_workflow',
          online: false,
        }),
      ];
      for (const row of rows) await triggers.create(row);
      rows[2] = { ...rows[2]!, cursor: await subject.store.events.latestSeq() };
      expect(await triggers.find('t1')).toEqual(rows[0]);
      expect(await triggers.find('nobody')).toBeUndefined();
      expect(await allPages((page) => triggers.list({}, page), 2)).toEqual(rows);
      expect((await triggers.list({ projectId: PROJECT }, page)).items).toEqual(rows.slice(0, 2));
      expect((await triggers.list({ workflowId: 'w2' as WorkflowId }, page)).items).toEqual([rows[2]]);
      expect((await triggers.list({ kind: 'after_workflow' }, page)).items).toEqual([rows[2]]);
      expect((await triggers.list({ kind: 'after_workflow', workflowId: WORKFLOW }, page)).items).toEqual([]);
      await expect(triggers.create(trigger('t4', { name: 't1' }))).rejects.toMatchObject({ code: 'name_in_use' });
      await expect(triggers.create(trigger('t5', { workflowId: 'gone' as WorkflowId }))).rejects.toMatchObject({
        code: 'not_found',
      });
    });

    test('are changed by who has read them as they are', async () => {
      const { triggers } = subject.store;
      await triggers.create(trigger('t1'));
      await triggers.create(trigger('t2'));
      const read = { id: triggerId('t1'), revision: 1 };
      await triggers.update(read, { name: 'new', secret: 'other', by: 'bob', at: 30 });
      const changed = { name: 'new', secret: 'other', revision: 2, updatedBy: 'bob', updatedAt: 30 };
      expect(await triggers.find('t1')).toEqual(trigger('t1', changed));
      await expect(triggers.update(read, { name: 'x', by: 'eve', at: 31 })).rejects.toMatchObject({ code: 'conflict' });
      const taken = triggers.update({ ...read, revision: 2 }, { name: 't2', by: 'eve', at: 31 });
      await expect(taken).rejects.toMatchObject({ code: 'name_in_use' });
      const gone = triggers.update({ ...read, id: triggerId('t9') }, { name: 'y', by: 'eve', at: 31 });
      await expect(gone).rejects.toMatchObject({ code: 'not_found' });
      const start = { ...trigger('t1').start, params: {} };
      await triggers.update({ ...read, revision: 2 }, { start, description: '', by: 'eve', at: 32 });
      const both = { start, description: '', revision: 3, updatedBy: 'eve', updatedAt: 32 };
      expect(await triggers.find('t1')).toEqual(trigger('t1', { ...changed, ...both }));
      await triggers.create(trigger('t3', { name: 't1' }));
    });

    test('notice what happens from when they go online, or get another config', async () => {
      const { triggers, events, instances } = subject.store;
      const happen = (id: string) => instances.start(run(id), command(`c-${id}`, id), event(id));
      await happen('r1');
      const first = await events.latestSeq();
      expect(first).toBeGreaterThan(0);
      await triggers.create(after('t1', { cursor: 99 }));
      await triggers.create(trigger('t2', { cursor: 99 }));
      const stateOf = async (id: string) => {
        const row = await triggers.find(id);
        return [row?.online, row?.revision, row?.cursor];
      };
      expect(await stateOf('t1')).toEqual([true, 1, first]);
      expect(await stateOf('t2')).toEqual([true, 1, 0]);
      expect(await triggers.setOnline(triggerId('t1'), false, 'bob', 40)).toBe(true);
      expect(await triggers.setOnline(triggerId('t1'), false, 'bob', 41)).toBe(false);
      await happen('r2');
      const second = await events.latestSeq();
      expect(await triggers.setOnline(triggerId('t1'), true, 'bob', 50)).toBe(true);
      expect(await stateOf('t1')).toEqual([true, 3, second]);
      expect(await triggers.find('t1')).toMatchObject({ updatedBy: 'bob', updatedAt: 50 });
      await happen('r3');
      await triggers.update({ id: triggerId('t1'), revision: 3 }, { description: 'x', by: 'bob', at: 60 });
      expect(await stateOf('t1')).toEqual([true, 4, second]);
      await triggers.update({ id: triggerId('t1'), revision: 4 }, { config: after('t1').config, by: 'bob', at: 61 });
      expect(await stateOf('t1')).toEqual([true, 5, await events.latestSeq()]);
      await expect(triggers.setOnline(triggerId('t9'), true, 'bob', 1)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('go with their workflow, or by themselves, and their firings stay', async () => {
      const { triggers, workflows, firings } = subject.store;
      await workflows.create(workflow('w2'), version('w2'), workflowEvent('w2'));
      await triggers.create(trigger('t1'));
      await triggers.create(trigger('t2', { workflowId: 'w2' as WorkflowId }));
      expect(await triggers.fire(starting('r1'))).toEqual({ answer: 'fired' });
      await expect(workflows.delete(WORKFLOW, workflowEvent(WORKFLOW))).rejects.toMatchObject({ code: 'conflict' });
      expect(await triggers.find('t1')).toBeDefined();
      await workflows.delete('w2' as WorkflowId, workflowEvent('w2'));
      expect(await triggers.find('t2')).toBeUndefined();
      await triggers.delete(triggerId('t1'));
      expect(await triggers.find('t1')).toBeUndefined();
      expect((await firings.list(triggerId('t1'), {}, page)).items).toHaveLength(1);
      await expect(triggers.delete(triggerId('t1'))).rejects.toMatchObject({ code: 'not_found' });
      await triggers.create(trigger('t3', { name: 't1' }));
    });
  });

  describe('a firing', () => {
    test('is filed with its run, once for each key', async () => {
      const { triggers, instances, commands, firings } = subject.store;
      await triggers.create(trigger('t1'));
      expect(await triggers.fire(starting('r1'))).toEqual({ answer: 'fired' });
      expect(await instances.find('r1')).toEqual(filing('r1').instance);
      expect(await commands.outcome('c-r1')).toEqual({ done: false, outcome: null });
      const filed = starting('r1').firing;
      expect(await firings.find(triggerId('t1'), 'k')).toEqual(filed);
      expect(await triggers.fire(starting('r2'))).toEqual({ answer: 'known', firing: filed });
      expect(await instances.find('r2')).toBeUndefined();
      const seen = { ...starting('r2'), firing: firing('t1', 'k2'), run: null };
      expect(await triggers.fire(seen)).toEqual({ answer: 'fired' });
      expect(await triggers.fire({ ...starting('r3'), firing: { ...filed, key: 'k2' } })).toMatchObject({
        answer: 'known',
      });
    });

    test('that was refused may be tried again, and takes its place', async () => {
      const { triggers, firings, instances } = subject.store;
      await triggers.create(trigger('t1'));
      const refused = firing('t1', 'k', { outcome: 'refused', reason: 'offline' });
      expect(await triggers.fire({ ...starting('r1'), firing: refused, run: null })).toEqual({ answer: 'fired' });
      expect(await triggers.fire(starting('r2'))).toEqual({ answer: 'fired' });
      expect((await firings.list(triggerId('t1'), {}, page)).items).toEqual([starting('r2').firing]);
      expect(await instances.find('r2')).toBeDefined();
    });

    test.each([
      ['the trigger has been changed', { trigger: { id: triggerId('t1'), revision: 2 } }],
      ['the trigger is gone', { trigger: { id: triggerId('t9'), revision: 1 } }],
      ['the version of its run is gone', { run: filing('r1', 9) }],
    ])('leaves nothing when %s', async (_why, more) => {
      const { triggers, firings, instances, events } = subject.store;
      await triggers.create(trigger('t1'));
      const before = await events.latestSeq();
      expect(await triggers.fire(starting('r1', more))).toEqual({ answer: 'changed' });
      expect(await firings.find(triggerId('t1'), 'k')).toBeUndefined();
      expect(await instances.find('r1')).toBeUndefined();
      expect(await events.latestSeq()).toBe(before);
    });

    test('of an offline trigger is not filed', async () => {
      const { triggers } = subject.store;
      await triggers.create(trigger('t1', { online: false }));
      expect(await triggers.fire(starting('r1'))).toEqual({ answer: 'changed' });
    });

    test('is listed newest first, by outcome too, and the newest of each trigger is told', async () => {
      const { triggers, firings } = subject.store;
      for (const id of ['t1', 't2', 't3']) await triggers.create(trigger(id));
      const rows = [
        firing('t1', 'b', { at: 5 }),
        firing('t1', 'a', { at: 30, outcome: 'refused' }),
        firing('t1', 'c', { at: 30 }),
        firing('t2', 'a', { at: 7 }),
      ];
      for (const row of rows)
        await triggers.fire({ trigger: { id: row.triggerId, revision: 1 }, firing: row, run: null });
      const keys = (list: readonly TriggerFiringRow[]) => list.map(({ key }) => key);
      expect(keys(await allPages((page) => firings.list(triggerId('t1'), {}, page), 1))).toEqual(['c', 'a', 'b']);
      expect(keys((await firings.list(triggerId('t1'), { outcome: 'seen' }, page)).items)).toEqual(['c', 'b']);
      const newest = await firings.newestOf([triggerId('t1'), triggerId('t2'), triggerId('t3')]);
      expect(newest.map(({ triggerId, key }) => [triggerId, key])).toEqual([
        ['t1', 'c'],
        ['t2', 'a'],
      ]);
      const foreign = firings.list(triggerId('t1'), {}, { limit: 1, cursor: encodeCursor('x') });
      await expect(foreign).rejects.toMatchObject({ code: 'bad_request' });
    });
  });

  describe('the duty of triggers', () => {
    const cursorOf = async (id: string) => (await subject.store.triggers.find(id))!.cursor;
    const ended = (id: string, to: string) => event(id, { at: 90, data: { from: 'running', to } });

    test('reads the triggers that are online, and the ends of runs in the order of the record', async () => {
      const { triggers, triggerQueue, events, instances, master } = subject.store;
      await subject.lead(1);
      for (const row of [after('t2'), after('t1'), after('t3', { online: false }), trigger('t4')])
        await triggers.create(row);
      expect((await triggerQueue.online('after_workflow')).map(({ id }) => id)).toEqual(['t1', 't2']);
      for (const id of ['r1', 'r2']) await instances.start(run(id), command(`c-${id}`, id), event(id));
      const start = await events.latestSeq();
      const record = [
        event('r1', { data: { from: 'submitted', to: 'running' } }),
        ended('r1', 'paused'),
        ended('r1', 'failure'),
        event('r1', { type: 'task_instance.state', data: { to: 'success' } }),
        ended('r2', 'success'),
        ended('r1', 'stopped'),
        ended('gone', 'success'),
      ];
      await master.commit(1, commit({ events: record }));
      const all = await triggerQueue.endsAfter(start, 100);
      expect(all.ends.map(({ seq, at, state, run }) => [seq - start, at, state, run.id])).toEqual([
        [3, 90, 'failure', 'r1'],
        [5, 90, 'success', 'r2'],
        [6, 90, 'stopped', 'r1'],
      ]);
      expect(all).toMatchObject({ position: start + 7, isEnd: true });
      expect(all.ends[0]?.run).toEqual(run('r1'));
      const some = await triggerQueue.endsAfter(start, 4);
      expect(some).toMatchObject({ position: start + 4, isEnd: false, ends: [{ state: 'failure' }] });
      expect(await triggerQueue.endsAfter(all.position, 4)).toEqual({ ends: [], position: all.position, isEnd: true });
    });

    test('fires and moves the cursor in one unit, and the cursor never goes back', async () => {
      const { triggers, triggerQueue, instances } = subject.store;
      await subject.lead(1);
      await triggers.create(after('t1'));
      const begin = await cursorOf('t1');
      expect(await triggerQueue.fire(1, { ...starting('r1'), cursor: begin + 5 })).toEqual({ answer: 'fired' });
      expect(await cursorOf('t1')).toBe(begin + 5);
      expect(await triggerQueue.firingOf(runId('r1'))).toEqual(starting('r1').firing);
      expect(await triggerQueue.firingOf(runId('r9'))).toBeUndefined();
      const again = { ...starting('r2'), firing: firing('t1', 'k2'), cursor: begin + 5 };
      expect(await triggerQueue.fire(1, again)).toEqual({ answer: 'changed' });
      expect(await triggerQueue.fire(1, { ...starting('r2'), cursor: begin + 6 })).toMatchObject({ answer: 'known' });
      expect(await cursorOf('t1')).toBe(begin + 5);
      expect(await instances.find('r2')).toBeUndefined();
      const read = [{ id: triggerId('t1'), revision: 1 }];
      await triggerQueue.advance(1, [{ id: triggerId('t1'), revision: 2 }], begin + 9);
      await triggerQueue.advance(1, read, begin + 2);
      expect(await cursorOf('t1')).toBe(begin + 5);
      await triggerQueue.advance(1, read, begin + 9);
      expect(await cursorOf('t1')).toBe(begin + 9);
    });

    test('what it noticed is forgotten when it is old, and the ends of runs are kept until they have been read', async () => {
      const { triggers, triggerQueue, firings, master, instances, commands } = subject.store;
      await subject.lead(1);
      await triggers.create(after('t1'));
      const read = { id: triggerId('t1'), revision: 1 };
      for (const at of [20, 30, 90])
        await triggers.fire({ trigger: read, firing: firing('t1', `${at}`, { at }), run: null });
      const purge = (limit: number) => master.retention.purge(1, 'firings', { after: null, limit, before: 90 });
      expect(await purge(1)).toMatchObject({ removed: 1, next: expect.any(String) });
      expect(await purge(2)).toEqual({ removed: 1, next: null });
      expect((await firings.list(triggerId('t1'), {}, page)).items.map(({ key }) => key)).toEqual(['90']);

      await instances.start(run('r1', { state: 'success', endedAt: 5 }), command('c1', 'r1'), event('r1'));
      await master.rejectCommand(1, command('c1', 'r1').id, 'done');
      expect(await commands.pendingCount()).toBe(0);
      await expect(master.retention.remove(1, [runId('r1')])).rejects.toMatchObject({ code: 'conflict' });
      await triggerQueue.advance(1, [read], Number.MAX_SAFE_INTEGER);
      expect(await master.retention.remove(1, [runId('r1')])).toMatchObject({ runs: 1 });
    });

    test('writes nothing when somebody else leads', async () => {
      const { triggers, triggerQueue, firings } = subject.store;
      await triggers.create(after('t1'));
      await subject.lead(2);
      const begin = await cursorOf('t1');
      const fire = triggerQueue.fire(1, { ...starting('r1'), cursor: begin + 1 });
      await expect(fire).rejects.toMatchObject({ code: 'fenced' });
      const advance = triggerQueue.advance(1, [{ id: triggerId('t1'), revision: 1 }], begin + 1);
      await expect(advance).rejects.toMatchObject({ code: 'fenced' });
      expect(await cursorOf('t1')).toBe(begin);
      expect(await firings.find(triggerId('t1'), 'k')).toBeUndefined();
    });
  });
}
