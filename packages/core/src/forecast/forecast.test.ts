import { expect, test } from 'vitest';
import type { CalendarId, CalendarRow } from '../calendars/rows.ts';
import type { ProjectId, WorkflowId } from '../identity/ids.ts';
import type { ScheduleId, SchedulePlan, ScheduleRow } from '../schedule/rows.ts';
import { schedulePlan, scheduleRow } from '../testing/schedules.ts';
import { type Forecast, type ForecastInput, forecast } from './forecast.ts';
import { loadShape } from './load-shape.ts';
import type { PastWorkflow } from './past-workflow.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 2, 1, 12);

const every = (minutes: number, more: Partial<SchedulePlan> = {}): Partial<SchedulePlan> =>
  schedulePlan({ times: { kind: 'interval', everyMs: minutes * MINUTE, anchorAt: NOON }, ...more });
const row = (id: string, plan: Partial<SchedulePlan>, more: Partial<ScheduleRow> = {}) =>
  scheduleRow(plan, { id: id as ScheduleId, workflowId: `w-${id}` as WorkflowId, ...more });
const pastOf = (id: string, tasks: PastWorkflow['tasks'], durationMs = 20 * MINUTE): PastWorkflow => ({
  ...{ workflowId: `w-${id}` as WorkflowId, runs: 3, durationMs, tasks },
});

function run(change: Partial<ForecastInput>): { forecast: Forecast; pieces: number } {
  const input = {
    schedules: [],
    calendars: new Map(),
    past: [],
    now: NOON + MINUTE,
    hours: 3,
    next: 5,
    maxFires: 1_000,
  };
  const steps = forecast({ ...input, ...change });
  for (let pieces = 0; ; pieces++) {
    const step = steps.next();
    if (step.done) return { forecast: step.value, pieces };
  }
}

test('a schedule that cannot be read takes nothing from the forecast of others', () => {
  const unreadable = row('x', { times: { kind: 'cron', expression: 'no cron', dst: 'skip' } });
  const { forecast: seen } = run({ schedules: [unreadable, row('a', every(30))] });
  expect(seen.total.runs).toEqual([1, 2, 2]);
});

test('runs are counted in the hour in which they begin, of what lies ahead only', () => {
  const { forecast: seen } = run({
    schedules: [row('a', every(30)), row('b', every(60), { projectId: 'p2' as ProjectId })],
  });
  expect(seen).toMatchObject({ from: NOON, hours: 3, skipped: 0 });
  expect(seen.total.runs).toEqual([1, 3, 3]);
  expect(Object.fromEntries([...seen.projects].map(([id, { runs }]) => [id, runs]))).toEqual({
    'project-1': [1, 2, 2],
    p2: [0, 1, 1],
  });
  expect(Object.fromEntries(seen.unknown)).toEqual({ 'w-a': 5, 'w-b': 2 });
  expect(seen.next.map(({ schedule, fireAt }) => [schedule.id, (fireAt - NOON) / MINUTE])).toEqual([
    ...[
      ['a', 30],
      ['a', 60],
      ['b', 60],
      ['a', 90],
      ['a', 120],
    ],
  ]);
});

test('slots are in use in the hours in which tasks run, by their worker groups', () => {
  const past = pastOf('a', [
    { workerGroup: 'default', offsetMs: 0, slotMs: 10 * MINUTE },
    { workerGroup: 'gpu', offsetMs: 10 * MINUTE, slotMs: 40 * MINUTE },
  ]);
  const { forecast: seen } = run({ schedules: [row('a', every(90))], past: [past] });
  // It begins at 13:30: the first task until 13:40, the second until 14:20.
  expect(seen.total.slotMs).toEqual([0, 30 * MINUTE, 20 * MINUTE]);
  expect(seen.workerGroups.get('default')).toEqual({ runs: [0, 1, 0], slotMs: [0, 10 * MINUTE, 0] });
  expect(seen.workerGroups.get('gpu')).toEqual({ runs: [0, 1, 0], slotMs: [0, 20 * MINUTE, 20 * MINUTE] });
  expect(seen.unknown.size).toBe(0);
  expect(seen.next).toMatchObject([{ durationMs: 20 * MINUTE }]);
});

test('what calendars and pauses leave out is no run', () => {
  const closed: CalendarRow = {
    ...{ id: 'c' as CalendarId, name: 'closed', description: '', weekdays: [], revision: 1 },
    entries: [{ title: 'x', from: '2026-03-01T13:00', to: '2026-03-01T14:00', yearly: false }],
    ...{ createdBy: 'a', createdAt: 0, updatedAt: 0 },
  };
  const calendars = new Map([[closed.id, closed]]);
  const plan = every(30, { calendars: { include: [], exclude: [closed.id] } });
  const { forecast: seen } = run({
    schedules: [row('a', plan), row('b', every(30), { pausedUntil: NOON + 2 * HOUR })],
    calendars,
  });
  expect(seen.total.runs).toEqual([1, 0, 4]);
  expect(seen.skipped).toBe(5);
});

test('with too many fire times it ends with the last whole hour, and pauses on the way', () => {
  const second = row('a', schedulePlan({ times: { kind: 'interval', everyMs: 1_000, anchorAt: NOON } }));
  const { forecast: seen, pieces } = run({ schedules: [second], now: NOON, hours: 24, maxFires: 20_000 });
  expect(seen.hours).toBe(5);
  expect(seen.total.runs).toEqual([3_599, 3_600, 3_600, 3_600, 3_600]);
  expect(pieces).toBe(20);
  expect(run({ schedules: [second], now: NOON, maxFires: 100 }).forecast).toMatchObject({ hours: 0, next: [] });
});

test('the shape of a workflow holds all of its slots, however long its tasks are', () => {
  const tasks = [
    { workerGroup: 'a', offsetMs: 100, slotMs: 12 * 86_400_000 },
    { workerGroup: 'a', offsetMs: 0, slotMs: 0 },
  ];
  const { parts, slotMs } = loadShape(pastOf('a', tasks));
  expect(parts.reduce((sum, part) => sum + part.slotMs, 0)).toBe(slotMs);
  expect(parts.length).toBeLessThan(2_100);
});
