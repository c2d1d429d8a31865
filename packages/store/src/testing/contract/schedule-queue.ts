/** The contract of what the leader asks of schedules. */
import type { ScheduleRemainsRow, ScheduleRow } from '@vaquita/core';
import { describe, expect, test } from 'vitest';
import { OTHER_PLAN } from '../../verbs/schedules/people.ts';
import type { Subject } from '../store-contract.ts';
import { command, commit, PROJECT, run, version, WORKFLOW, workflow, workflowEvent } from './fixtures.ts';
import { calendar, calendarId, fire, plan, runOf, schedule, scheduleId, step } from './schedule-fixtures.ts';

const WAITS = { outcome: 'queued', reasonCode: 'queued', reason: 'Waits.' } as const;
const page = { limit: 50, cursor: null };

export function describeScheduleQueue(subject: Subject): void {
  const queue = () => subject.store.scheduleQueue;
  const find = async (id: string) => (await subject.store.schedules.find(id))!;
  const firesOf = async (id: string) => (await subject.store.schedules.fires(scheduleId(id), page)).items;
  const ids = (rows: readonly ScheduleRow[]) => rows.map(({ id }) => id);

  async function make(...rows: readonly ScheduleRow[]): Promise<void> {
    await subject.lead(1);
    for (const row of rows) await subject.store.schedules.create(row);
  }
  const endRun = (id: string) =>
    subject.store.master.commit(1, commit({ instance: run(id, { originId: 's1', state: 'success', endedAt: 9 }) }));

  describe('the queue of schedules', () => {
    test('has those that are due, the one that waits longest first', async () => {
      await make(
        schedule('s1', { updatedAt: 300 }),
        schedule('s2', { updatedAt: 200 }),
        schedule('s3', { updatedAt: 200 }),
        schedule('s4', { online: false }),
      );
      expect(ids(await queue().due(300, 10))).toEqual(['s2', 's3', 's1']);
      expect(ids(await queue().due(300, 1))).toEqual(['s2']);
      expect(ids(await queue().due(199, 10))).toEqual([]);
      expect(await queue().nextDueAt(0)).toBe(200);
      expect(await queue().nextDueAt(200)).toBe(300);
      expect(await queue().nextDueAt(300)).toBeNull();
      await subject.store.workflows.setOnline(WORKFLOW, false, workflowEvent(WORKFLOW));
      expect(await queue().due(300, 10)).toEqual([]);
      expect(await queue().nextDueAt(0)).toBeNull();
      expect(await queue().figures()).toEqual({ total: 4, active: 0, queued: 0, failing: 0 });
    });

    test('moves a cursor together with the records, the runs and the orders, or not at all', async () => {
      await make(schedule('s1'), schedule('s2'));
      const [one, two] = [await find('s1'), await find('s2')];
      const ran = fire('s1', 200, {
        outcome: 'run',
        reasonCode: null,
        reason: null,
        workflowInstanceId: runOf('r1', 's1').instance.id,
      });
      const stops = [command('stop-r0', 'r0', { kind: 'stop' })];
      const steps = [step(one, 200, { fires: [ran], runs: [runOf('r1', 's1')], stops }), step(two, 300)];
      const failing = [
        { why: 'another cursor', steps: [steps[0]!, step({ ...two, cursorAt: 99 }, 300)] },
        { why: 'another revision', steps: [steps[0]!, step({ ...two, revision: 2 }, 300)] },
        { why: 'a fire time twice', steps: [step(two, 300, { fires: [fire('s2', 300), fire('s2', 300)] })] },
        { why: 'nothing waits', steps: [step(two, 300, { dequeued: [fire('s2', 250)] })] },
      ];
      for (const { why, steps: unit } of failing) {
        await expect(queue().advance(1, unit), why).rejects.toMatchObject({ code: 'conflict' });
      }
      await expect(queue().advance(2, steps)).rejects.toMatchObject({ code: 'fenced' });
      expect([await find('s1'), await find('s2'), await firesOf('s1'), await firesOf('s2')]).toEqual([
        one,
        two,
        [],
        [],
      ]);
      expect(await subject.store.instances.find('r1')).toBeUndefined();

      await queue().advance(1, steps);
      expect(await find('s1')).toEqual({ ...one, cursorAt: 200, dueAt: 1_200 });
      expect(await firesOf('s1')).toEqual([ran]);
      expect(await firesOf('s2')).toEqual([fire('s2', 300)]);
      expect(await subject.store.instances.find('r1')).toMatchObject({ originId: 's1', timezone: 'UTC' });
      const pending = await subject.store.master.pendingCommands(9);
      expect(pending.map(({ id }) => id).sort()).toEqual(['start-r1', 'stop-r0']);
      await expect(queue().advance(1, steps), 'a second time').rejects.toMatchObject({ code: 'conflict' });
    });

    test('writes nothing about a schedule that rests, or whose workflow does', async () => {
      await make(schedule('s1'), schedule('s2'));
      const [one, two] = [await find('s1'), await find('s2')];
      await subject.store.schedules.setOnline(one.id, false, { by: 'bob', at: 150 });
      const offline = { ...one, revision: 2 };
      await expect(queue().advance(1, [step(offline, 200)])).rejects.toMatchObject({ code: 'conflict' });
      await subject.store.workflows.setOnline(WORKFLOW, false, workflowEvent(WORKFLOW));
      await expect(queue().advance(1, [step(two, 200)])).rejects.toMatchObject({ code: 'conflict' });
      expect(await firesOf('s2')).toEqual([]);
    });

    test('knows what is around a schedule', async () => {
      const { calendars, workflows, instances } = subject.store;
      for (const id of ['c1', 'c2', 'c3']) await calendars.create(calendar(id));
      const named = { include: [calendarId('c1')], exclude: [calendarId('c2')] };
      await workflows.create(workflow('w2'), version('w2', 'hash-2'), workflowEvent('w2'));
      const start = schedule('s0').start;
      await make(
        schedule('s1', { plan: plan({ calendars: named }) }),
        schedule('s2', { workflowId: workflow('w2').id, start: { ...start, version: 1 } }),
        schedule('s3', { start: { ...start, version: 7 } }),
        schedule('s4', { plan: plan({ overlap: { policy: 'parallel', limit: null } }) }),
      );
      const rows = await Promise.all(['s1', 's2', 's3', 's4'].map(find));
      const waiting = [fire('s1', 200, WAITS), fire('s1', 300, WAITS)];
      await queue().advance(1, [step(rows[0]!, 300, { fires: waiting })]);
      for (const [id, of, state] of [
        ['r1', 's1', 'running'],
        ['r2', 's1', 'success'],
        ['r3', 's4', 'running'],
        ['r4', 's1', 'submitted'],
      ] as const) {
        const { instance, command: start, event } = runOf(id, of);
        await instances.start(instance, start, event);
        await subject.store.master.commit(1, commit({ instance: { ...instance, state } }));
      }
      const around = await queue().surroundings(rows);
      expect(sortedIds(around.calendars)).toEqual(['c1', 'c2']);
      expect(around.open).toEqual([
        { scheduleId: 's1', id: 'r1', state: 'running' },
        { scheduleId: 's1', id: 'r4', state: 'submitted' },
      ]);
      expect(around.queued).toEqual(waiting);
      // The rows were read before the step: what it recorded lies after their cursor.
      expect([...around.recorded].sort((a, b) => a.fireAt - b.fireAt)).toEqual([
        { scheduleId: 's1', fireAt: 200 },
        { scheduleId: 's1', fireAt: 300 },
      ]);
      const first = { projectId: PROJECT, workflowId: WORKFLOW, workflowName: 'workflow-1' };
      expect(around.workflows).toEqual([
        { ...first, version: 1, document: version(WORKFLOW).document },
        { ...first, workflowId: 'w2', workflowName: 'w2', version: 1, document: version('w2').document },
        { ...first, version: null, document: null },
        { ...first, version: 1, document: version(WORKFLOW).document },
      ]);
      expect(await queue().surroundings([])).toMatchObject({ workflows: [], open: [] });
    });

    test('has waiting fire times go on when no run of their schedule is open', async () => {
      await make(schedule('s1'), schedule('s2'));
      const [one, two] = [await find('s1'), await find('s2')];
      const unit = [
        step(one, 200, { fires: [fire('s1', 200, WAITS)], runs: [runOf('r1', 's1')] }),
        step(two, 200, { fires: [fire('s2', 200, WAITS)] }),
      ];
      await queue().advance(1, unit);
      expect(ids(await queue().unblocked(null, 10))).toEqual(['s2']);
      await endRun('r1');
      expect(ids(await queue().unblocked(null, 10))).toEqual(['s1', 's2']);
      expect(ids(await queue().unblocked('s1', 10))).toEqual(['s2']);
      expect(ids(await queue().unblocked(null, 1))).toEqual(['s1']);
      expect((await queue().figures()).queued).toBe(2);

      const goes = fire('s1', 200, {
        ...{ outcome: 'run', reasonCode: null, reason: null, decidedAt: 900 },
        workflowInstanceId: runOf('r2', 's1').instance.id,
      });
      const unblocked = step(await find('s1'), 200, { fires: [], dequeued: [goes], runs: [runOf('r2', 's1')] });
      await queue().advance(1, [unblocked]);
      expect(await firesOf('s1')).toEqual([goes]);
      await expect(queue().advance(1, [unblocked])).rejects.toMatchObject({ code: 'conflict' });
      expect(ids(await queue().unblocked(null, 10))).toEqual(['s2']);
    });

    test('has what changes have left undecided recorded, piece by piece, each once', async () => {
      await make(schedule('s1'), schedule('s2'), schedule('s3'), schedule('s4'), schedule('s5', { online: false }));
      const { schedules, workflows } = subject.store;
      await queue().advance(1, [step(await find('s1'), 200, { fires: [fire('s1', 200), fire('s1', 350)] })]);
      const changed = { by: 'bob', at: 400 };
      await schedules.update({ id: scheduleId('s1'), revision: 1 }, { ...changed, plan: plan({ jitterMs: 7 }) });
      await schedules.update({ id: scheduleId('s2'), revision: 1 }, { ...changed, description: 'x' });
      await schedules.setOnline(scheduleId('s2'), false, changed);
      await schedules.setOnline(scheduleId('s2'), false, { by: 'bob', at: 450 });
      await schedules.delete(scheduleId('s3'), { at: 400 });
      await schedules.delete(scheduleId('s5'), { at: 400 });
      await workflows.setOnline(WORKFLOW, false, workflowEvent(WORKFLOW, { at: 500 }));
      const found = [...(await queue().remains(10))].sort((a, b) => (keyOf(a.remains) < keyOf(b.remains) ? -1 : 1));
      expect(
        found.map(({ remains: { scheduleId: id, afterAt, upTo }, recorded }) => [id, afterAt, upTo, recorded]),
      ).toEqual([
        ['s1', 200, 400, [350]],
        ['s1', 400, 500, []],
        ['s2', 100, 400, []],
        ['s3', 100, 400, []],
        ['s4', 100, 500, []],
      ]);
      const { remains } = found[0]!;
      expect(remains).toMatchObject({ plan: plan(), projectId: PROJECT, workflowId: WORKFLOW, why: OTHER_PLAN });
      expect(await queue().remains(2)).toHaveLength(2);

      const piece = { fires: [fire('s1', 300)], afterAt: 350 };
      await expect(queue().settleRemains(2, remains, piece)).rejects.toMatchObject({ code: 'fenced' });
      await queue().settleRemains(1, remains, piece);
      await expect(queue().settleRemains(1, remains, piece)).rejects.toMatchObject({ code: 'conflict' });
      await queue().settleRemains(1, { ...remains, afterAt: 350 }, { fires: [], afterAt: null });
      expect((await firesOf('s1')).map(({ fireAt }) => fireAt)).toEqual([350, 300, 200]);
      expect(await queue().remains(10)).toHaveLength(4);
    });

    test('has the row say why nothing can be decided about it, until something is or somebody changes it', async () => {
      await make(schedule('s1'), schedule('s2'), schedule('s3'), schedule('s4'));
      const { schedules, workflows } = subject.store;
      const problem = { text: 'It cannot be read.', since: 150 };
      const setAside = async (id: string) => queue().setAside(1, await find(id), problem);
      const one = await find('s1');
      await expect(queue().setAside(2, one, problem)).rejects.toMatchObject({ code: 'fenced' });
      await expect(queue().setAside(1, { ...one, revision: 7 }, problem)).rejects.toMatchObject({ code: 'conflict' });
      expect(await find('s1')).toEqual(one);
      await setAside('s1');
      expect(await find('s1')).toEqual({ ...one, problem });
      expect((await queue().figures()).failing).toBe(1);
      await queue().advance(1, [step(await find('s1'), 200)]);
      expect(await find('s1')).toMatchObject({ problem: null, cursorAt: 200 });

      const by = { by: 'bob', at: 300 };
      const changes = [
        (id: string) => schedules.pause(scheduleId(id), 900, by),
        (id: string) => schedules.setOnline(scheduleId(id), false, by),
        async (id: string) => schedules.update(await find(id), { description: 'x', ...by }),
      ];
      for (const [index, change] of changes.entries()) {
        const id = `s${index + 2}`;
        await setAside(id);
        await change(id);
        expect((await find(id)).problem).toBeNull();
      }
      await expect(setAside('s3')).rejects.toMatchObject({ code: 'conflict' });
      await setAside('s4');
      await workflows.setOnline(WORKFLOW, false, workflowEvent(WORKFLOW));
      expect((await find('s4')).problem).toBeNull();
      expect((await queue().figures()).failing).toBe(0);
    });

    test('forgets records that are old, but for those that wait', async () => {
      await make(schedule('s1'));
      const fires = [fire('s1', 200), fire('s1', 300, WAITS), fire('s1', 400), fire('s1', 500)];
      await queue().advance(1, [step(await find('s1'), 500, { fires })]);
      const { retention } = subject.store.master;
      const purge = (limit: number) => retention.purge(1, 'fires', { after: null, limit, before: 450 });
      expect(await purge(1)).toMatchObject({ removed: 1, next: expect.any(String) });
      expect(await purge(2)).toEqual({ removed: 1, next: null });
      expect(await purge(2)).toEqual({ removed: 0, next: null });
      expect((await firesOf('s1')).map(({ fireAt }) => fireAt)).toEqual([500, 300]);
    });

    test('takes back what a clock that was ahead has recorded, but for what runs or waits', async () => {
      await make(schedule('s1'), schedule('s2'));
      const ran = fire('s1', 5_000, { outcome: 'run', workflowInstanceId: runOf('r1', 's1').instance.id });
      const waits = fire('s1', 6_000, WAITS);
      const many = fire('s1', 1_500, { outcome: 'missed', throughAt: 4_000, fires: 3, decidedAt: 7_000 });
      const fires = [fire('s1', 1_000), many, ran, waits, fire('s1', 7_000)];
      await queue().advance(1, [step(await find('s1'), 7_000, { fires, runs: [runOf('r1', 's1')] })]);
      const options = { now: 2_000, toleranceMs: 1_000, limit: 10 };
      await expect(queue().takeBack(2, options)).rejects.toMatchObject({ code: 'fenced' });
      expect(await queue().takeBack(1, options)).toBe(1);
      // It was decided at a time that has not come: what came up before it is decided anew as well.
      expect(await find('s1')).toMatchObject({ cursorAt: 1_499, dueAt: 2_000, revision: 1 });
      expect(await find('s2')).toEqual(schedule('s2'));
      expect(await firesOf('s1')).toEqual([waits, ran, fire('s1', 1_000)]);
      expect(await queue().takeBack(1, options)).toBe(0);
    });

    describe('never takes back to before a schedule began', () => {
      const options = { now: 4_000, toleranceMs: 1_000, limit: 10 };
      /** A clock that was ahead has had it come to 9,000; then it was offline until 3,000, of a clock that is right. */
      async function beginAgain() {
        await make(schedule('s1'));
        const seen = (fireAt: number) => fire('s1', fireAt, { outcome: 'missed', decidedAt: 9_000 });
        const across = fire('s1', 2_500, { outcome: 'missed', throughAt: 3_500, fires: 3, decidedAt: 9_000 });
        const fires = [seen(2_000), across, seen(3_800), seen(8_000)];
        await queue().advance(1, [step(await find('s1'), 9_000, { fires })]);
        const { schedules } = subject.store;
        await schedules.setOnline(scheduleId('s1'), false, { by: 'eve', at: 2_700 });
        await schedules.setOnline(scheduleId('s1'), true, { by: 'eve', at: 3_000 });
      }

      test('where nothing was decided since, goes on from there', async () => {
        await beginAgain();
        expect(await queue().takeBack(1, options)).toBe(1);
        expect(await find('s1')).toMatchObject({ cursorAt: 3_000, dueAt: 4_000 });
        expect((await firesOf('s1')).map(({ fireAt }) => fireAt)).toEqual([2_000]);
      });

      test('where something was, keeps what it can', async () => {
        await beginAgain();
        const late = fire('s1', 9_500, { outcome: 'missed', decidedAt: 9_600 });
        await queue().advance(1, [step(await find('s1'), 9_600, { fires: [late] })]);
        expect(await queue().takeBack(1, options)).toBe(1);
        expect(await find('s1')).toMatchObject({ cursorAt: 3_000 });
        expect((await firesOf('s1')).map(({ fireAt }) => fireAt)).toEqual([2_000]);
      });

      test('nor to after what the clock shows, where a clock was ahead when it began', async () => {
        await make(schedule('s1'));
        await subject.store.schedules.setOnline(scheduleId('s1'), false, { by: 'eve', at: 7_000 });
        await subject.store.schedules.setOnline(scheduleId('s1'), true, { by: 'eve', at: 8_000 });
        expect(await queue().takeBack(1, options)).toBe(1);
        expect(await find('s1')).toMatchObject({ cursorAt: 4_000, begunAt: 8_000 });
      });
    });
  });
}

const keyOf = ({ scheduleId: id, upTo }: ScheduleRemainsRow) => `${id} ${upTo}`;

function sortedIds(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id).sort();
}
