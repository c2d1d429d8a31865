import { describe, expect, test } from 'vitest';
import type { CalendarId, CalendarRow } from '../calendars/rows.ts';
import type { WorkflowInstanceId } from '../identity/ids.ts';
import { scheduleQuestion, scheduleRow, scheduleTarget, startChoices } from '../testing/schedules.ts';
import { decideSchedule, type ScheduleDecision, type ScheduleQuestion } from './decide.ts';
import { actAt } from './jitter.ts';
import { COUNTED_AT_ONCE, TOLD_SINGLY } from './pending-fires.ts';
import type { SchedulePlan, ScheduleRow } from './rows.ts';

const outcomes = ({ fires }: ScheduleDecision) =>
  fires.map(({ fireAt, outcome, reasonCode }) => `${fireAt / 1_000} ${reasonCode ?? outcome}`);
const open = (...ids: string[]) => ids.map((id) => ({ id: id as WorkflowInstanceId, state: 'running' as const }));

function decide(plan: Partial<SchedulePlan>, now: number, more: Partial<ScheduleQuestion> = {}): ScheduleDecision {
  return decideSchedule(scheduleQuestion(scheduleRow(plan), now, more));
}

/** Look after look at one moment, until nothing is left to decide: what they have decided, in all. */
function untilDone(from: ScheduleRow, now: number, more: Partial<ScheduleQuestion> = {}) {
  const decisions: ScheduleDecision[] = [];
  let schedule = from;
  for (let looks = 0; looks < 20; looks++) {
    const recorded = new Set([...(more.recorded ?? [])].filter((at) => at > schedule.cursorAt));
    const decision = decideSchedule(scheduleQuestion(schedule, now, { ...more, recorded }));
    decisions.push(decision);
    schedule = { ...schedule, cursorAt: decision.cursorAt };
    if (decision.dueAt === null || decision.dueAt > now) break;
  }
  return {
    fires: decisions.flatMap(({ fires }) => fires),
    runs: decisions.flatMap(({ runs }) => runs),
  };
}

describe('a fire time that has come up', () => {
  test('becomes a run of its own, as the schedule says, with the fire time as its business time (D7)', () => {
    const { fires, runs, cursorAt, dueAt } = decide({ timezone: 'Asia/Tokyo' }, 10_400);
    expect({ cursorAt, dueAt }).toEqual({ cursorAt: 10_000, dueAt: 20_000 });
    expect(runs).toHaveLength(1);
    const { instance, command } = runs[0]!;
    expect(instance).toMatchObject({
      ...{ originKind: 'schedule', originId: 'schedule-1', createdBy: 'schedule nightly', createdAt: 10_400 },
      ...{ businessTime: 10_000, timezone: 'Asia/Tokyo', version: 3, priority: 'high', alertOn: 'failure' },
      ...{ alertGroup: 'ops', params: { region: 'us' } },
    });
    expect(command).toMatchObject({ kind: 'start', workflowInstanceId: instance.id });
    expect(fires).toEqual([
      {
        ...{ scheduleId: 'schedule-1', projectId: 'project-1', workflowId: 'workflow-1', fireAt: 10_000 },
        ...{ throughAt: 10_000, fires: 1, outcome: 'run', reasonCode: null, reason: null },
        ...{ workflowInstanceId: instance.id, actAt: 10_000, decidedAt: 10_400 },
      },
    ]);
  });

  test('has the same answer whoever asks, and ids of its own (D3)', () => {
    expect(decide({}, 30_000)).toEqual(decide({}, 30_000));
    const { runs } = decide({}, 30_000);
    const ids = runs.flatMap(({ instance, command }) => [instance.id, command.id]);
    expect(new Set(ids).size).toBe(6);
    // Another look at another time, of what was not written, files the same runs.
    const later = decide({}, 31_000).runs.flatMap(({ instance, command }) => [instance.id, command.id]);
    expect(later).toEqual(ids);
  });

  test('is not decided before its time, and after its last there is nothing more to look at (D2)', () => {
    expect(decide({}, 9_999)).toMatchObject({ fires: [], cursorAt: 0, dueAt: 10_000 });
    expect(decide({ to: 20_000 }, 25_000)).toMatchObject({
      fires: [{ fireAt: 10_000 }],
      cursorAt: 10_000,
      dueAt: null,
    });
    expect(decide({ to: 20_000 }, 5_000)).toMatchObject({ fires: [], dueAt: 10_000 });
  });

  test('may come once in four years, and is due then', () => {
    const at = (text: string) => Date.parse(`${text}T06:00:00Z`);
    const times = { kind: 'cron', expression: '0 6 29 2 *', dst: 'run_once' } as const;
    const schedule = scheduleRow({ times }, { cursorAt: at('2028-01-01') });
    const { fires, dueAt } = decideSchedule(scheduleQuestion(schedule, at('2028-02-29')));
    expect(fires).toMatchObject([{ fireAt: at('2028-02-29'), outcome: 'run' }]);
    expect(dueAt).toBe(at('2032-02-29'));
  });

  test('is passed over when it has its record, and the cursor goes on (D1)', () => {
    const decision = decide({}, 30_000, { recorded: new Set([10_000, 30_000]) });
    expect(outcomes(decision)).toEqual(['20 run']);
    expect(decision).toMatchObject({ cursorAt: 30_000, dueAt: 40_000 });
  });

  test('waits for its jitter, and for those before it', () => {
    const plan = { jitterMs: 60_000 };
    const { id } = scheduleRow();
    const acts = [10_000, 20_000, 30_000].map((at) => actAt(id, at, 60_000));
    const inOrder = acts.map((_, index) => Math.max(...acts.slice(0, index + 1)));
    for (const now of [...inOrder, ...inOrder.map((at) => at - 1)]) {
      const fires = decide(plan, now).fires.filter(({ fireAt }) => fireAt <= 30_000);
      expect(fires.map(({ actAt: at }) => at)).toEqual(inOrder.filter((at) => at <= now));
    }
    expect(decide(plan, 9_000).dueAt).toBe(acts[0]);
  });

  test('is skipped with what is wrong when the workflow cannot be started like this any more', () => {
    const missing = decide({}, 10_000, { target: 'Workflow "etl" has no version 7.' });
    expect(missing.fires[0]).toMatchObject({ outcome: 'skipped', reasonCode: 'definition' });
    expect(missing.fires[0]!.reason).toBe('Workflow "etl" has no version 7.');
    const schedule = scheduleRow({}, { start: { ...startChoices, startTasks: ['lod'] } });
    const wrong = decideSchedule(scheduleQuestion(schedule, 10_000));
    expect(wrong).toMatchObject({ runs: [], cursorAt: 10_000 });
    expect(wrong.fires[0]!.reason).toContain('There is no task named "lod" in this workflow. Did you mean "load"?');
  });

  test('is skipped while the schedule is paused, and where a calendar leaves it out', () => {
    const holiday: CalendarRow = {
      ...{ id: 'c1' as CalendarId, name: 'holidays', description: '', weekdays: [], revision: 1 },
      ...{ createdBy: 'ann', createdAt: 0, updatedAt: 0 },
      entries: [{ title: 'New Year', from: '1970-01-01T00:00:25', to: '1970-01-01T00:00:45', yearly: false }],
    };
    const plan = { calendars: { include: [], exclude: [holiday.id] } };
    const schedule = scheduleRow(plan, { pausedUntil: 20_000 });
    const decision = decideSchedule(
      scheduleQuestion(schedule, 50_000, { calendars: new Map([[holiday.id, holiday]]) }),
    );
    expect(outcomes(decision)).toEqual(['10 paused', '20 run', '30 calendar', '40 calendar', '50 run']);
    expect(decision.fires[2]!.reason).toContain('New Year');
  });
});

describe('fire times that came up too late (D4)', () => {
  const misfire = (policy: SchedulePlan['misfire']['policy'], limit = 2) => ({
    misfire: { policy, limit, graceMs: 15_000 },
  });

  test.each([
    ['none', ['10 misfire', '20 misfire', '30 misfire', '40 run', '50 run']],
    ['last', ['10 misfire', '20 misfire', '30 run', '40 run', '50 run']],
    ['all', ['10 misfire', '20 run', '30 run', '40 run', '50 run']],
  ] as const)('%s', (policy, expected) => {
    // 35 s is 15 s late, and may be.
    expect(outcomes(decide(misfire(policy), 55_000))).toEqual(expected);
  });

  test('say how late they were and what the policy is', () => {
    expect(decide(misfire('last'), 55_000).fires[0]!.reason).toBe(
      'It came up 45s late, more than the 15s it may be; of such fire times the schedule runs the last only.',
    );
  });

  test('count only those that nothing else is said against', () => {
    const schedule = scheduleRow({ ...misfire('last'), times: { kind: 'interval', everyMs: 10_000, anchorAt: 0 } });
    const recorded = new Set([30_000]);
    expect(outcomes(decideSchedule(scheduleQuestion(schedule, 45_500, { recorded })))).toEqual([
      '10 misfire',
      '20 run',
      '40 run',
    ]);
  });

  test('are told of together where they are very many, and the newest singly', () => {
    const many = TOLD_SINGLY + COUNTED_AT_ONCE + 500;
    let schedule = scheduleRow(misfire('last'));
    const now = many * 10_000 + 15_001;
    const seen: ScheduleDecision[] = [];
    for (let looks = 0; looks < 5; looks++) {
      const decision = decideSchedule(scheduleQuestion(schedule, now));
      seen.push(decision);
      if (decision.dueAt !== now) break;
      schedule = { ...schedule, cursorAt: decision.cursorAt };
    }
    expect(
      seen.slice(0, 2).map(({ fires }) => fires.map(({ fires: count, reasonCode }) => [count, reasonCode])),
    ).toEqual([[[COUNTED_AT_ONCE, 'misfire']], [[500, 'misfire']]]);
    expect(seen[1]!.fires[0]).toMatchObject({ fireAt: 100_010_000, throughAt: 105_000_000, outcome: 'missed' });
    // Those that are told of singly are decided together, and what is on time after them.
    expect(seen.slice(2).map(({ fires }) => fires.length)).toEqual([TOLD_SINGLY, 1]);
    const ran = seen.flatMap(({ runs }) => runs.map(({ instance }) => instance.businessTime));
    expect(ran).toEqual([many * 10_000, (many + 1) * 10_000]);
  });

  test('are not told of together over the end of a pause, or over what has its record', () => {
    const many = (TOLD_SINGLY + 500) * 10_000;
    const paused = scheduleRow(misfire('none'), { pausedUntil: 100_000 });
    const first = decideSchedule(scheduleQuestion(paused, many));
    expect(first.fires).toMatchObject([
      { throughAt: 90_000, fires: 9, outcome: 'skipped', reasonCode: 'paused' },
      { fireAt: 100_000, outcome: 'missed' },
    ]);
    const recorded = new Set([150_000]);
    const around = decideSchedule(scheduleQuestion(scheduleRow(misfire('none')), many, { recorded }));
    expect(around.fires).toMatchObject([
      { throughAt: 140_000, fires: 14, outcome: 'missed' },
      { fireAt: 160_000, outcome: 'missed' },
    ]);
  });

  test('run as often as the policy says, however many lie behind a record of a clock that was ahead', () => {
    const count = 12_000;
    const now = count * 1_000 + 60_000;
    const recorded = new Set([2_000]);
    const every = { times: { kind: 'interval', everyMs: 1_000, anchorAt: 0 } } as const;
    for (const [policy, most] of [
      ['last', 1],
      ['all', 3],
    ] as const) {
      const { runs, fires } = untilDone(scheduleRow({ ...every, ...misfire(policy, most) }), now, { recorded });
      const late = runs.filter(({ instance }) => now - instance.businessTime > 15_000);
      expect(late).toHaveLength(most);
      // All but the one with its record, each once.
      expect(fires.reduce((sum, one) => sum + one.fires, 0)).toBe(now / 1_000 - 1);
      expect(fires.slice(0, 2).map((one) => [one.fireAt, one.throughAt])).toEqual([
        [1_000, 1_000],
        [3_000, COUNTED_AT_ONCE * 1_000],
      ]);
    }
  });

  const weekend: CalendarRow = {
    ...{ id: 'c1' as CalendarId, name: 'weekends', description: '', entries: [], weekdays: [6, 0], revision: 1 },
    ...{ createdBy: 'ann', createdAt: 0, updatedAt: 0 },
  };
  const without = { calendars: { include: [], exclude: [weekend.id] } };
  const calendars = new Map([[weekend.id, weekend]]);
  const at = (text: string) => Date.parse(`2026-05-${text}:00Z`);
  const minutely = { times: { kind: 'interval', everyMs: 60_000, anchorAt: 0 }, ...without } as const;

  test('that a calendar leaves out are told of as such, also together', () => {
    // Thursday to Tuesday.
    const row = scheduleRow({ ...minutely, ...misfire('none') }, { cursorAt: at('07T12:00') });
    const { fires } = untilDone(row, at('12T12:00'), { calendars });
    const together = fires.filter((one) => one.fires > 1);
    expect(together.map((one) => [one.fireAt, one.throughAt, one.fires, one.outcome, one.reasonCode])).toEqual([
      [at('07T12:01'), at('08T23:59'), 36 * 60 - 1, 'missed', 'misfire'],
      [at('09T00:00'), at('09T23:59'), 24 * 60, 'skipped', 'calendar'],
      [at('10T00:00'), at('10T23:59'), 24 * 60, 'skipped', 'calendar'],
      [at('11T00:00'), at('11T19:19'), 19 * 60 + 20, 'missed', 'misfire'],
    ]);
    expect(together[1]!.reason).toBe('The calendar “weekends” leaves it out: Saturday.');
  });

  test('are chosen among those that no calendar leaves out, also when that was long ago', () => {
    // Friday to Sunday.
    const row = scheduleRow({ ...minutely, ...misfire('last') }, { cursorAt: at('08T10:00') });
    const { runs, fires } = untilDone(row, at('10T12:00'), { calendars });
    expect(runs.map(({ instance }) => instance.businessTime)).toEqual([at('08T23:59')]);
    expect(fires.reduce((sum, one) => sum + one.fires, 0)).toBe(50 * 60);
  });

  test('are not told of together where they may be so late', () => {
    const plan = { misfire: { policy: 'none', limit: 1, graceMs: 1e9 } as const };
    const decision = decide(plan, 30_000_000);
    expect(decision.runs).toHaveLength(1_000);
    expect(decision).toMatchObject({ cursorAt: 10_000_000, dueAt: 30_000_000 });
  });
});

describe('beside runs that have not ended (D5)', () => {
  const overlap = (policy: SchedulePlan['overlap']['policy'], limit: number | null = null) => ({
    overlap: { policy, limit },
  });

  test('parallel starts another one, up to its limit', () => {
    expect(outcomes(decide(overlap('parallel'), 20_000))).toEqual(['10 run', '20 run']);
    const limited = decide(overlap('parallel', 2), 30_000, { open: open('a') });
    expect(outcomes(limited)).toEqual(['10 run', '20 overlap', '30 overlap']);
  });

  test('skip starts none, also none beside one that it has started a moment ago', () => {
    expect(outcomes(decide(overlap('skip'), 20_000))).toEqual(['10 run', '20 overlap']);
    expect(outcomes(decide(overlap('skip'), 10_000, { open: open('a') }))).toEqual(['10 overlap']);
  });

  test('cancel_old stops what is open, and starts the newest only', () => {
    const runs = [...open('a', 'b'), { id: 'c' as WorkflowInstanceId, state: 'ready_stop' as const }];
    const decision = decide(overlap('cancel_old'), 20_000, { open: runs });
    expect(outcomes(decision)).toEqual(['10 overlap', '20 run']);
    expect(decision.stops).toMatchObject([
      { kind: 'stop', workflowInstanceId: 'a', createdBy: 'schedule nightly', createdAt: 20_000 },
      { kind: 'stop', workflowInstanceId: 'b' },
    ]);
    expect(new Set(decision.stops.map(({ id }) => id)).size).toBe(2);
    expect(decide(overlap('cancel_old'), 10_000).stops).toEqual([]);
  });

  test('cancel_old stops nothing for a run that cannot be', () => {
    const decision = decide(overlap('cancel_old'), 10_000, { open: open('a'), target: 'No.' });
    expect(decision).toMatchObject({ stops: [], runs: [] });
  });

  test('queue lets fire times wait, and goes on in their order when nothing is open (D6)', () => {
    const first = decide(overlap('queue', 2), 40_000, { open: open('a') });
    expect(outcomes(first)).toEqual(['10 queued', '20 queued', '30 queue_full', '40 queue_full']);
    expect(first.fires[0]).toMatchObject({ outcome: 'queued', workflowInstanceId: null });
    const queued = first.fires.filter(({ outcome }) => outcome === 'queued');
    const at40 = scheduleRow(overlap('queue', 2), { cursorAt: 40_000 });

    const still = decideSchedule(scheduleQuestion(at40, 45_000, { open: open('a'), queued }));
    expect(still).toMatchObject({ fires: [], dequeued: [], cursorAt: 40_000, dueAt: 50_000 });

    const next = decideSchedule(scheduleQuestion(at40, 50_000, { queued }));
    const [run] = next.runs;
    expect(next.runs).toHaveLength(1);
    expect(run!.instance).toMatchObject({ businessTime: 10_000, createdAt: 50_000 });
    expect(next.dequeued).toEqual([
      {
        ...queued[0],
        outcome: 'run',
        reasonCode: null,
        reason: null,
        workflowInstanceId: run!.instance.id,
        decidedAt: 50_000,
      },
    ]);
    expect(outcomes(next)).toEqual(['50 queued']);
  });

  test('what waits is skipped while the schedule is paused, and when the definition does not fit any more', () => {
    const queued = decide(overlap('queue'), 20_000, { open: open('a') }).fires;
    const paused: ScheduleRow = scheduleRow(overlap('queue'), { cursorAt: 20_000, pausedUntil: 15_000 });
    const decision = decideSchedule(scheduleQuestion(paused, 25_000, { queued }));
    expect(decision.dequeued.map(({ outcome, reasonCode }) => reasonCode ?? outcome)).toEqual(['paused', 'run']);
    const unfit = decideSchedule(
      scheduleQuestion({ ...paused, pausedUntil: null }, 25_000, { queued, target: 'It is gone.' }),
    );
    expect(unfit.dequeued.map(({ reasonCode }) => reasonCode)).toEqual(['definition', 'definition']);
    expect(unfit.runs).toEqual([]);
  });

  test('a definition that does not fit takes no turn from the next', () => {
    const target = { ...scheduleTarget, definition: { ...scheduleTarget.definition, tasks: [] } };
    const schedule = scheduleRow(overlap('skip'), { start: { ...startChoices, startTasks: ['load'] } });
    const decision = decideSchedule(scheduleQuestion(schedule, 20_000, { target }));
    expect(outcomes(decision)).toEqual(['10 definition', '20 definition']);
  });
});
