/** A schedule through any sequence of looks, lost writes and moved clocks: D1 to D7 hold after each. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendarSays } from '../calendars/calendar-says.ts';
import type { CalendarId, CalendarRow } from '../calendars/rows.ts';
import { scheduleQuestion, scheduleRow } from '../testing/schedules.ts';
import { decideSchedule, type ScheduleDecision } from './decide.ts';
import { mostMisfires } from './pending-fires.ts';
import { timesOfPlan } from './plan-times.ts';
import {
  MISFIRE_POLICIES,
  OVERLAP_POLICIES,
  type ScheduleFireRow,
  type SchedulePlan,
  type ScheduleRow,
} from './rows.ts';
import { firesBetween } from './schedule-times.ts';

const START = Date.UTC(2026, 2, 28, 12);

/** It leaves out Sundays, and some hours of each day. */
const quiet: CalendarRow = {
  ...{ id: 'quiet' as CalendarId, name: 'quiet', description: '', weekdays: [0], revision: 1 },
  ...{ createdBy: 'ann', createdAt: 0, updatedAt: 0 },
  entries: [28, 29, 30, 31].map((day) => {
    const at = (time: string) => `2026-03-${day}T${time}`;
    return { title: 'night', from: at('02:15:00'), to: at('05:00:30'), yearly: false };
  }),
};
const calendars = new Map([[quiet.id, quiet]]);

type Step =
  /** The leader looks; what it has decided may be lost on the way to the rows, as by a crash or a failover. */
  | { readonly kind: 'look'; readonly isLost: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'end'; readonly runs: number };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('look' as const), isLost: fc.boolean() }) },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 9_000_000 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('clock' as const), byMs: fc.integer({ min: -9e7, max: 9e7 }) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), ms: fc.integer({ min: 0, max: 9e6 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), runs: fc.integer({ min: 1, max: 3 }) }) },
  ),
  { minLength: 5, maxLength: 60 },
);

const plans: fc.Arbitrary<Partial<SchedulePlan>> = fc.record({
  times: fc.oneof(
    fc.record({
      kind: fc.constant('interval' as const),
      everyMs: fc.oneof(fc.integer({ min: 10, max: 60 }), fc.integer({ min: 60, max: 7_200 })).map((s) => s * 1_000),
      anchorAt: fc.constant(START),
    }),
    fc.record({
      kind: fc.constant('cron' as const),
      expression: fc.constantFrom('*/7 * * * *', '30 2 * * *', '0 0/40 1-4 ? * *', '@hourly'),
      dst: fc.constantFrom('skip', 'run_once', 'run_both'),
    }),
  ),
  timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Sao_Paulo'),
  calendars: fc.constantFrom({ include: [], exclude: [] }, { include: [], exclude: [quiet.id] }),
  jitterMs: fc.constantFrom(0, 0, 5_000, 4_000_000),
  misfire: fc.record({
    policy: fc.constantFrom(...MISFIRE_POLICIES),
    limit: fc.integer({ min: 1, max: 4 }),
    graceMs: fc.constantFrom(0, 60_000, 600_000),
  }),
  overlap: fc.record({
    policy: fc.constantFrom(...OVERLAP_POLICIES),
    limit: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 3 })),
  }),
});

/** What the rows say, and the clock of whoever leads. */
function createWorld(plan: Partial<SchedulePlan>) {
  let schedule: ScheduleRow = scheduleRow(plan, { cursorAt: START });
  let now = START;
  const records = new Map<number, ScheduleFireRow>();
  const open = new Set<string>();
  const filed = new Set<string>();
  const inOrder = () => [...records.values()].sort((a, b) => a.fireAt - b.fireAt);
  const queued = () => inOrder().filter(({ outcome }) => outcome === 'queued');

  function look(isLost: boolean): ScheduleDecision {
    takeBack();
    const question = scheduleQuestion(schedule, now, {
      calendars,
      open: [...open].map((id) => ({ id: id as never, state: 'running' })),
      queued: queued(),
      recorded: new Set([...records.keys()].filter((at) => at > schedule.cursorAt)),
    });
    const decision = decideSchedule(question);
    checkDecision(decision, question.open.length);
    if (!isLost) write(decision);
    return decision;
  }

  /** All that there is to decide at this moment. */
  function lookUntilDone(): void {
    const { misfire } = schedule.plan;
    let late = 0;
    for (let isMore = true; isMore; ) {
      const { fires, dueAt } = look(false);
      late += fires.filter(({ outcome, actAt }) => outcome === 'run' && now - actAt > misfire.graceMs).length;
      isMore = dueAt !== null && dueAt <= now;
    }
    expect(late, 'D4: the policy chooses once').toBeLessThanOrEqual(mostMisfires(misfire));
  }

  /** As the store does it where a clock was ahead. */
  function takeBack(): void {
    if (schedule.cursorAt <= now + 60_000) return;
    const untrue = inOrder().filter(
      ({ decidedAt, outcome }) => decidedAt > now && (outcome === 'missed' || outcome === 'skipped'),
    );
    for (const { fireAt } of untrue) records.delete(fireAt);
    schedule = { ...schedule, cursorAt: Math.min(now, (untrue[0]?.fireAt ?? Number.POSITIVE_INFINITY) - 1) };
  }

  function write({ cursorAt, dueAt, fires, dequeued, runs, stops }: ScheduleDecision): void {
    for (const fire of fires) {
      expect(records.has(fire.fireAt), 'D1: no record is written twice').toBe(false);
      records.set(fire.fireAt, fire);
    }
    for (const fire of dequeued) {
      expect(records.get(fire.fireAt)?.outcome, 'D6').toBe('queued');
      records.set(fire.fireAt, fire);
    }
    for (const { workflowInstanceId } of stops) open.delete(workflowInstanceId);
    for (const { instance } of runs) {
      expect(filed.has(instance.id), 'D3: no run is filed twice').toBe(false);
      filed.add(instance.id);
      open.add(instance.id);
    }
    schedule = { ...schedule, cursorAt, dueAt };
  }

  function checkDecision({ cursorAt, dueAt, fires, dequeued, runs, stops }: ScheduleDecision, wereOpen: number): void {
    const { overlap, misfire } = schedule.plan;
    expect(cursorAt, 'D2').toBeGreaterThanOrEqual(schedule.cursorAt);
    for (const fire of fires) {
      expect(fire.actAt, 'D2').toBeLessThanOrEqual(now);
      expect(fire.fireAt, 'D1').toBeGreaterThan(schedule.cursorAt);
      expect(fire.throughAt, 'D1').toBeLessThanOrEqual(cursorAt);
    }
    if (dueAt !== null && dueAt <= now)
      expect(cursorAt, 'it goes on only where it comes further').toBeGreaterThan(schedule.cursorAt);
    for (const fire of fires) checkReason(fire);
    const late = fires.filter((fire) => fire.outcome === 'run' && now - fire.actAt > misfire.graceMs);
    expect(late.length, 'D4').toBeLessThanOrEqual(mostMisfires(misfire));
    if (runs.length > 0) {
      const openAfter = wereOpen - stops.length + runs.length;
      if (overlap.policy === 'skip' || overlap.policy === 'queue') expect(openAfter, 'D5').toBe(1);
      if (overlap.policy === 'cancel_old') expect(openAfter, 'D5').toBe(1);
      if (overlap.policy === 'parallel' && overlap.limit !== null) {
        expect(openAfter, 'D5').toBeLessThanOrEqual(Math.max(overlap.limit, wereOpen));
      }
    }
    const ran = [...dequeued, ...fires].filter(({ outcome }) => outcome === 'run');
    expect(
      ran.map(({ workflowInstanceId }) => workflowInstanceId),
      'D7',
    ).toEqual(runs.map(({ instance }) => instance.id));
    expect(
      ran.map(({ fireAt }) => fireAt),
      'D7',
    ).toEqual(runs.map(({ instance }) => instance.businessTime));
  }

  /** P2: of each fire time that a record stands for. */
  function checkReason({ fireAt, throughAt, reasonCode }: ScheduleFireRow): void {
    const { plan, pausedUntil } = schedule;
    for (const at of firesBetween(timesOfPlan(plan), { after: fireAt - 1, upTo: throughAt, limit: 1e9 })) {
      const isPaused = pausedUntil !== null && at < pausedUntil;
      const against = isPaused ? 'paused' : (calendarSays(plan.calendars, calendars, at, plan.timezone)?.code ?? null);
      if (against !== null) expect(reasonCode, 'P2').toBe(against);
      else expect(['paused', 'calendar'], 'P2').not.toContain(reasonCode);
    }
  }

  return {
    look,
    take(step: Step): void {
      if (step.kind === 'look' && step.isLost) look(true);
      else if (step.kind === 'look') lookUntilDone();
      else if (step.kind === 'pause')
        schedule = { ...schedule, pausedUntil: now + step.ms, revision: schedule.revision + 1 };
      else if (step.kind === 'wait') now += step.ms;
      else if (step.kind === 'clock') now = Math.max(START, now + step.byMs);
      else for (const id of [...open].slice(0, step.runs)) open.delete(id);
    },
    /** The clock is right at last, and everything is looked at until nothing is left to do. */
    settle(): void {
      now = Math.max(now, schedule.cursorAt, ...records.keys()) + schedule.plan.jitterMs;
      lookUntilDone();
      while (queued().length > 0) {
        open.clear();
        look(false);
      }
    },
    checkRecords(): void {
      const times = timesOfPlan(schedule.plan);
      const expected = firesBetween(times, { after: START, upTo: schedule.cursorAt, limit: 1e9 });
      let next = 0;
      for (const { fireAt, throughAt, fires, outcome } of inOrder()) {
        expect(fireAt, 'D1: each fire time, in order, once').toBe(expected[next]);
        expect(throughAt, 'D1').toBe(expected[next + fires - 1]);
        expect(outcome, 'D6: nothing waits for ever').not.toBe('queued');
        next += fires;
      }
      expect(next, 'D1: none is lost').toBe(expected.length);
      expect(inOrder().filter(({ outcome }) => outcome === 'run')).toHaveLength(filed.size);
    },
  };
}

test('each fire time ends with exactly one record, whatever is lost and however clocks are moved', () => {
  let looks = 0;
  fc.assert(
    fc.property(plans, steps, (plan, sequence) => {
      const world = createWorld(plan);
      for (const step of sequence) world.take(step);
      looks += sequence.length;
      world.settle();
      world.checkRecords();
    }),
    { numRuns: 300 },
  );
  expect(looks).toBeGreaterThan(1_000);
});
