/** The contract of schedules as people see and change them. */
import type { CalendarId, NewEvent } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import { WORKFLOW_OFFLINE } from '../../verbs/schedules/people.ts';
import type { Subject } from '../store-contract.ts';
import { allPages } from './all-pages.ts';
import { PROJECT, project, version, WORKFLOW, workflow, workflowEvent } from './fixtures.ts';
import { calendar, calendarId, fire, plan, schedule, scheduleId, step } from './schedule-fixtures.ts';

const BY = { by: 'bob', at: 500 };
const page = { limit: 50, cursor: null };
const begun = (at: number) => ({ cursorAt: at, begunAt: at, begunCursorAt: at, dueAt: at });

export function describeSchedules(subject: Subject): void {
  const find = (id: string) => subject.store.schedules.find(id);
  const told = (at: number): NewEvent => workflowEvent(WORKFLOW, { at });

  /** Has a fire time of the schedule wait. */
  async function queue(id: string, fireAt: number): Promise<void> {
    await subject.lead(1);
    const row = (await find(id))!;
    const waits = fire(id, fireAt, { outcome: 'queued', reasonCode: 'queued', reason: 'Waits.' });
    await subject.store.scheduleQueue.advance(1, [step(row, fireAt, { fires: [waits] })]);
  }
  const lastOf = async (id: string) => (await subject.store.schedules.lastFires([scheduleId(id)]))[0];

  describe('schedules', () => {
    test('are found by id and by name, and listed by what they belong to', async () => {
      const { schedules, projects, workflows } = subject.store;
      await projects.create(project('p2'));
      await workflows.create(workflow('w2', { projectId: 'p2' as typeof PROJECT }), version('w2'), workflowEvent('w2'));
      const other = schedule('s2', { projectId: 'p2' as typeof PROJECT, workflowId: workflow('w2').id, online: false });
      const rows = [schedule('s1'), other, schedule('s3', { name: "it's" })];
      for (const row of rows) await schedules.create(row);
      const kept = [rows[0], { ...other, dueAt: null }, rows[2]];
      expect(await find('s1')).toEqual(rows[0]);
      expect(await find('nobody')).toBeUndefined();
      expect(await schedules.findByName(WORKFLOW, "it's")).toEqual(rows[2]);
      expect(await schedules.findByName(other.workflowId, "it's")).toBeUndefined();
      const list = (filter: Parameters<typeof schedules.list>[0]) => allPages((p) => schedules.list(filter, p), 1);
      expect(await list({})).toEqual(kept);
      expect(await list({ projectId: PROJECT })).toEqual([kept[0], kept[2]]);
      expect(await list({ workflowId: other.workflowId })).toEqual([kept[1]]);
      expect(await list({ workflowId: other.workflowId, projectId: PROJECT })).toEqual([]);
      expect(await list({ online: true })).toEqual([kept[0], kept[2]]);
      expect(await list({ online: false })).toEqual([kept[1]]);
    });

    test('have a name of their own within their workflow, and are not made without what they name', async () => {
      const { schedules } = subject.store;
      await schedules.create(schedule('s1', { name: 'nightly' }));
      const named = plan({ calendars: { include: [], exclude: [calendarId('gone')] } });
      const refused = [
        { row: schedule('s2', { name: 'nightly' }), code: 'name_in_use' },
        { row: schedule('s2', { workflowId: workflow('w9').id }), code: 'not_found' },
        { row: schedule('s2', { plan: named }), code: 'conflict' },
      ];
      for (const { row, code } of refused) await expect(schedules.create(row)).rejects.toMatchObject({ code });
      expect(await find('s2')).toBeUndefined();
      const rename = schedules.update({ id: scheduleId('s1'), revision: 1 }, { plan: named, ...BY });
      await expect(rename).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('calendars') });
      await schedules.create(schedule('s2'));
      const taken = schedules.update({ id: scheduleId('s2'), revision: 1 }, { name: 'nightly', ...BY });
      await expect(taken).rejects.toMatchObject({ code: 'name_in_use' });
      expect(await find('s2')).toEqual(schedule('s2'));
    });

    test('keep their cursor when anything but the plan is changed', async () => {
      const { schedules } = subject.store;
      await schedules.create(schedule('s1'));
      const start = { ...schedule('s1').start, priority: 'high' as const };
      const change = { name: 'other', description: 'x', start, plan: plan(), ...BY };
      await schedules.update({ id: scheduleId('s1'), revision: 1 }, change);
      const changed = { name: 'other', description: 'x', start, revision: 2, updatedBy: 'bob', updatedAt: 500 };
      expect(await find('s1')).toEqual(schedule('s1', changed));
      await schedules.create(schedule('s2', { name: 's1' }));
    });

    test('begin anew with another plan, and skip what waited', async () => {
      const { schedules } = subject.store;
      await schedules.create(schedule('s1'));
      await queue('s1', 200);
      const other = plan({ jitterMs: 7 });
      await schedules.update({ id: scheduleId('s1'), revision: 1 }, { plan: other, ...BY });
      const expected = { plan: other, ...begun(500), revision: 2, updatedBy: 'bob', updatedAt: 500 };
      expect(await find('s1')).toEqual(schedule('s1', expected));
      expect(await lastOf('s1')).toMatchObject({ outcome: 'skipped', reasonCode: 'schedule_changed', decidedAt: 500 });
      const late = schedules.update({ id: scheduleId('s1'), revision: 1 }, { plan: plan(), ...BY });
      await expect(late).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('meanwhile') });
      const gone = schedules.update({ id: scheduleId('s9'), revision: 1 }, { name: 'x', ...BY });
      await expect(gone).rejects.toMatchObject({ code: 'not_found' });
      expect(await find('s1')).toEqual(schedule('s1', expected));
    });

    test('begin at the moment they are put online, and skip what waited when they are taken offline', async () => {
      const { schedules } = subject.store;
      await schedules.create(schedule('s1'));
      expect(await schedules.setOnline(scheduleId('s1'), true, BY)).toBe(false);
      await queue('s1', 200);
      expect(await schedules.setOnline(scheduleId('s1'), false, BY)).toBe(true);
      expect(await find('s1')).toMatchObject({ online: false, dueAt: null, cursorAt: 200, revision: 2 });
      expect(await lastOf('s1')).toMatchObject({ outcome: 'skipped', reasonCode: 'schedule_changed' });
      expect(await schedules.setOnline(scheduleId('s1'), true, { by: 'eve', at: 900 })).toBe(true);
      const expected = { ...begun(900), revision: 3, updatedBy: 'eve', updatedAt: 900 };
      expect(await find('s1')).toEqual(schedule('s1', expected));
      await expect(schedules.setOnline(scheduleId('s9'), true, BY)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('never go back by themselves: a cursor that is ahead stays where it is', async () => {
      const { schedules } = subject.store;
      await schedules.create(schedule('s1', { cursorAt: 9_000, online: false }));
      await schedules.setOnline(scheduleId('s1'), true, BY);
      expect(await find('s1')).toMatchObject({ cursorAt: 9_000, begunAt: 500, begunCursorAt: 9_000, dueAt: 500 });
    });

    test('are paused until a time, and not any more', async () => {
      const { schedules } = subject.store;
      await schedules.create(schedule('s1'));
      await schedules.pause(scheduleId('s1'), 7_000, BY);
      const paused = { pausedUntil: 7_000, revision: 2, updatedBy: 'bob', updatedAt: 500 };
      expect(await find('s1')).toEqual(schedule('s1', paused));
      await schedules.pause(scheduleId('s1'), null, BY);
      expect(await find('s1')).toMatchObject({ pausedUntil: null, revision: 3 });
      await expect(schedules.pause(scheduleId('s9'), null, BY)).rejects.toMatchObject({ code: 'not_found' });
    });

    test('are switched, paused and deleted only as they were seen, where that is said', async () => {
      const { schedules } = subject.store;
      await schedules.create(schedule('s1'));
      const id = scheduleId('s1');
      const changes = [
        (revision: number) => schedules.setOnline(id, false, { ...BY, revision }),
        (revision: number) => schedules.pause(id, 7_000, { ...BY, revision }),
        (revision: number) => schedules.setOnline(id, true, { ...BY, revision }),
        (revision: number) => schedules.delete(id, { at: 500, revision }),
      ];
      for (const [index, change] of changes.entries()) {
        const before = await find('s1');
        for (const other of [index, index + 2]) {
          await expect(change(other)).rejects.toMatchObject({
            code: 'conflict',
            message: expect.stringContaining('meanwhile'),
          });
        }
        expect(await find('s1')).toEqual(before);
        await change(index + 1);
      }
      expect(await find('s1')).toBeUndefined();
    });

    test('go, and their records stay', async () => {
      const { schedules } = subject.store;
      await schedules.create(schedule('s1'));
      await queue('s1', 200);
      await schedules.delete(scheduleId('s1'), { at: 300 });
      expect(await find('s1')).toBeUndefined();
      expect(await lastOf('s1')).toMatchObject({ outcome: 'skipped', reasonCode: 'schedule_changed', decidedAt: 300 });
      await expect(schedules.delete(scheduleId('s1'), { at: 300 })).rejects.toMatchObject({ code: 'not_found' });
      await schedules.create(schedule('s2', { name: 's1' }));
    });

    test('rest while their workflow is offline, and begin when it is back', async () => {
      const { schedules, workflows } = subject.store;
      await schedules.create(schedule('s1'));
      await schedules.create(schedule('s2', { online: false }));
      await queue('s1', 200);
      await workflows.setOnline(WORKFLOW, false, told(400));
      expect(await find('s1')).toMatchObject({ online: true, dueAt: null, cursorAt: 200, revision: 1 });
      expect(await lastOf('s1')).toMatchObject({ outcome: 'skipped', reason: WORKFLOW_OFFLINE, decidedAt: 400 });
      await schedules.create(schedule('s3'));
      expect(await find('s3')).toMatchObject({ online: true, dueAt: null });
      await schedules.setOnline(scheduleId('s3'), false, BY);
      await schedules.setOnline(scheduleId('s3'), true, BY);
      expect(await find('s3')).toMatchObject({ online: true, dueAt: null });
      await workflows.setOnline(WORKFLOW, true, told(800));
      expect(await find('s1')).toMatchObject({ dueAt: 800, cursorAt: 800, revision: 1 });
      expect(await find('s2')).toMatchObject({ dueAt: null, cursorAt: 100 });
      // It is online already: nothing begins anew.
      await workflows.setOnline(WORKFLOW, true, told(900));
      expect(await find('s1')).toMatchObject({ dueAt: 800, cursorAt: 800 });
    });

    test('go with their workflow', async () => {
      const { schedules, workflows } = subject.store;
      await schedules.create(schedule('s1'));
      await queue('s1', 200);
      await workflows.delete(WORKFLOW, told(400));
      expect(await find('s1')).toBeUndefined();
      expect(await lastOf('s1')).toMatchObject({ outcome: 'skipped', decidedAt: 400 });
    });

    test('tell what became of their fire times, the newest first', async () => {
      const { schedules, scheduleQueue } = subject.store;
      await subject.lead(1);
      const rows = [schedule('s1'), schedule('s2')];
      for (const row of rows) await schedules.create(row);
      const fires = [
        fire('s1', 200),
        fire('s1', 300, { outcome: 'missed', reasonCode: 'misfire', throughAt: 390, fires: 4 }),
        fire('s1', 400),
      ];
      await scheduleQueue.advance(1, [
        step(rows[0]!, 400, { fires }),
        step(rows[1]!, 300, { fires: [fire('s2', 300)] }),
      ]);
      const newestFirst = [fires[2], fires[1], fires[0]];
      expect(await allPages((p) => schedules.fires(scheduleId('s1'), p), 2)).toEqual(newestFirst);
      expect((await schedules.fires(scheduleId('s1'), page, 'missed')).items).toEqual([fires[1]]);
      expect((await schedules.fires(scheduleId('s3'), page)).items).toEqual([]);
      const last = await schedules.lastFires(['s1', 's2', 's3'].map(scheduleId));
      expect([...last].sort((a, b) => (a.scheduleId < b.scheduleId ? -1 : 1))).toEqual([fires[2], fire('s2', 300)]);
    });
  });

  test('come for many workflows at once, so many of each by name', async () => {
    const { schedules, workflows } = subject.store;
    await workflows.create(workflow('w2'), version('w2'), workflowEvent('w2'));
    for (const [id, name] of [
      ['s1', 'c'],
      ['s2', 'a'],
      ['s3', 'b'],
    ] as const)
      await schedules.create(schedule(id, { name }));
    const other = schedule('s4', { workflowId: workflow('w2').id });
    await schedules.create(other);
    const found = await schedules.ofWorkflows([WORKFLOW, WORKFLOW, workflow('w2').id, workflow('w9').id], 2);
    expect(found.map(({ id }) => id).sort()).toEqual(['s2', 's3', 's4']);
    expect(found.find(({ id }) => id === 's4')).toEqual(await schedules.find('s4'));
  });

  describe('calendars', () => {
    test('are found by id and by name, and listed by name', async () => {
      const { calendars } = subject.store;
      const rows = [calendar('c1', { name: 'b' }), calendar('c2', { name: 'a', entries: [], weekdays: [] })];
      for (const row of rows) await calendars.create(row);
      expect(await calendars.find('c1')).toEqual(rows[0]);
      expect(await calendars.find('a')).toEqual(rows[1]);
      expect(await calendars.find('x')).toBeUndefined();
      expect(await allPages((p) => calendars.list(p), 1)).toEqual([rows[1], rows[0]]);
      expect(await calendars.many(['c1', 'c9'].map(calendarId))).toEqual([rows[0]]);
      await expect(calendars.create(calendar('c3', { name: 'a' }))).rejects.toMatchObject({ code: 'name_in_use' });
    });

    test('are changed by who has seen them as they are', async () => {
      const { calendars } = subject.store;
      await calendars.create(calendar('c1'));
      await calendars.create(calendar('c2'));
      const change = { name: 'other', description: 'x', entries: [], weekdays: [1], at: 9 };
      await calendars.update({ id: calendarId('c1'), revision: 1 }, change);
      const { at: updatedAt, ...rest } = change;
      expect(await calendars.find('c1')).toEqual(calendar('c1', { ...rest, revision: 2, updatedAt }));
      const refused = [
        { id: 'c1', revision: 1, name: 'x', code: 'conflict' },
        { id: 'c9', revision: 1, name: 'x', code: 'not_found' },
        { id: 'c1', revision: 2, name: 'c2', code: 'name_in_use' },
      ];
      for (const { id, revision, name, code } of refused) {
        const update = calendars.update({ id: calendarId(id), revision }, { name, at: 10 });
        await expect(update).rejects.toMatchObject({ code });
      }
      await calendars.create(calendar('c3', { name: 'c1' }));
    });

    test('stay for as long as a schedule names them', async () => {
      const { calendars, schedules } = subject.store;
      for (const id of ['c1', 'c2']) await calendars.create(calendar(id));
      const named = { include: [calendarId('c1')], exclude: [calendarId('c2')] };
      await schedules.create(schedule('s1', { plan: plan({ calendars: named }) }));
      for (const id of named.include) {
        const deleted = calendars.delete(id);
        await expect(deleted).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('"s1"') });
      }
      const user = { id: 's1', name: 's1', project: 'first', workflow: 'workflow-1' };
      expect(await calendars.namedBy(calendarId('c2'), 5)).toEqual([user]);
      await schedules.update({ id: scheduleId('s1'), revision: 1 }, { plan: plan(), ...BY });
      for (const id of ['c1', 'c2']) await calendars.delete(calendarId(id));
      await expect(calendars.delete(calendarId('c1'))).rejects.toMatchObject({ code: 'not_found' });
      await calendars.create(calendar('c3', { name: 'c1' }));
    });

    test('know by whom they are used, whatever becomes of the schedules', async () => {
      const { calendars, schedules, workflows } = subject.store;
      const ids = ['c1', 'c2', 'c3'].map(calendarId);
      for (const id of ids) await calendars.create(calendar(id));
      const [c1, c2] = ids as [CalendarId, CalendarId];
      const using = (include: readonly CalendarId[], exclude: readonly CalendarId[] = []) => ({
        plan: plan({ calendars: { include, exclude } }),
      });
      // Named twice it is one use.
      await schedules.create(schedule('s1', using([c1, c1, c2], [c1])));
      await schedules.create(schedule('s2', using([], [c2])));
      await schedules.create(schedule('s3', using([c2])));
      const counts = async () => {
        const found = await calendars.useCounts(ids);
        return ids.map((id) => found.get(id) ?? 0);
      };
      const users = async (id: CalendarId, limit = 9) => (await calendars.namedBy(id, limit)).map(({ name }) => name);
      expect(await counts()).toEqual([1, 3, 0]);
      expect(await users(c2, 2)).toEqual(['s1', 's2']);
      const wrong = schedules.update({ id: scheduleId('s1'), revision: 7 }, { ...using([]), ...BY });
      await expect(wrong).rejects.toMatchObject({ code: 'conflict' });
      expect(await counts()).toEqual([1, 3, 0]);
      await schedules.update({ id: scheduleId('s1'), revision: 1 }, { ...using([], [c1]), ...BY });
      await schedules.update({ id: scheduleId('s3'), revision: 1 }, { description: 'x', ...BY });
      expect(await counts()).toEqual([1, 2, 0]);
      await schedules.delete(scheduleId('s2'), { at: 600 });
      expect(await users(c2)).toEqual(['s3']);
      await workflows.delete(WORKFLOW, told(700));
      expect(await counts()).toEqual([0, 0, 0]);
      for (const id of ids) await calendars.delete(id);
    });
  });
}
