/** Rows of schedules and calendars for the store's contract. */
import type {
  CalendarId,
  CalendarRow,
  NewRun,
  ScheduleFireRow,
  ScheduleId,
  SchedulePlan,
  ScheduleRow,
  StartChoices,
} from '@vaquita/core';
import type { ScheduleStep } from '../../ports/schedules.ts';
import { command, event, PROJECT, run, WORKFLOW } from './fixtures.ts';

export const scheduleId = (id: string) => id as ScheduleId;
export const calendarId = (id: string) => id as CalendarId;

export function plan(more: Partial<SchedulePlan> = {}): SchedulePlan {
  return {
    times: { kind: 'interval', everyMs: 1_000, anchorAt: 0 },
    timezone: 'Europe/Berlin',
    from: null,
    to: null,
    jitterMs: 0,
    calendars: { include: [], exclude: [] },
    misfire: { policy: 'last', limit: 10, graceMs: 60_000 },
    overlap: { policy: 'skip', limit: null },
    ...more,
  };
}

const START: StartChoices = {
  params: { day: "mon 'quoted'" },
  startTasks: [],
  scope: 'all',
  failureStrategy: null,
  priority: 'medium',
  workerGroup: null,
  alertOn: 'failure',
  alertGroup: 'ops',
  dryRun: false,
  timeoutMs: null,
  version: null,
};

/** Made at 100, by the clock that the tests speak of. */
export function schedule(id: string, more: Partial<ScheduleRow> = {}): ScheduleRow {
  return {
    id: scheduleId(id),
    projectId: PROJECT,
    workflowId: WORKFLOW,
    name: id,
    description: '',
    plan: plan(),
    start: START,
    online: true,
    pausedUntil: null,
    revision: 1,
    cursorAt: 100,
    begunAt: 100,
    begunCursorAt: 100,
    dueAt: 100,
    problem: null,
    createdBy: 'ann',
    createdAt: 100,
    updatedBy: 'ann',
    updatedAt: 100,
    ...more,
  };
}

export function fire(of: string, fireAt: number, more: Partial<ScheduleFireRow> = {}): ScheduleFireRow {
  return {
    scheduleId: scheduleId(of),
    fireAt,
    projectId: PROJECT,
    workflowId: WORKFLOW,
    throughAt: fireAt,
    fires: 1,
    outcome: 'skipped',
    reasonCode: 'calendar',
    reason: 'A holiday.',
    workflowInstanceId: null,
    actAt: fireAt,
    decidedAt: fireAt + 5,
    ...more,
  };
}

export function calendar(id: string, more: Partial<CalendarRow> = {}): CalendarRow {
  return {
    id: calendarId(id),
    name: id,
    description: '',
    entries: [{ title: "it's", from: '2026-12-24', to: '2026-12-26', yearly: true }],
    weekdays: [0, 6],
    revision: 1,
    createdBy: 'ann',
    createdAt: 1,
    updatedAt: 1,
    ...more,
  };
}

/** A run that the schedule starts. */
export function runOf(id: string, of: string): NewRun {
  return {
    instance: run(id, { originKind: 'schedule', originId: of, timezone: 'UTC' }),
    command: command(`start-${id}`, id),
    event: event(id),
  };
}

/** Records one fire time and moves the cursor to it. */
export function step(of: ScheduleRow, fireAt: number, more: Partial<ScheduleStep> = {}): ScheduleStep {
  return {
    ...{ schedule: of, cursorAt: fireAt, dueAt: fireAt + 1_000, fires: [fire(of.id, fireAt)] },
    ...{ dequeued: [], runs: [], stops: [] },
    ...more,
  };
}
