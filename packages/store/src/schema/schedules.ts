/** Tables of schedules: each is a cursor over its fire times, with one record for each of them; and the calendars they use. */
import type {
  CalendarEntry,
  CalendarId,
  FireOutcome,
  FireReasonCode,
  ProjectId,
  ScheduleId,
  SchedulePlan,
  ScheduleProblem,
  StartChoices,
  WorkflowId,
  WorkflowInstanceId,
} from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { workflows } from './workflows.ts';

export const schedules = sqliteTable(
  'schedules',
  {
    id: text('id').$type<ScheduleId>().primaryKey(),
    projectId: text('project_id').$type<ProjectId>().notNull(),
    workflowId: text('workflow_id')
      .$type<WorkflowId>()
      .notNull()
      .references(() => workflows.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    plan: text('plan', { mode: 'json' }).$type<SchedulePlan>().notNull(),
    start: text('start', { mode: 'json' }).$type<StartChoices>().notNull(),
    online: integer('online', { mode: 'boolean' }).notNull(),
    pausedUntil: integer('paused_until'),
    revision: integer('revision').notNull(),
    cursorAt: integer('cursor_at').notNull(),
    dueAt: integer('due_at'),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedBy: text('updated_by').notNull(),
    updatedAt: integer('updated_at').notNull(),
    problem: text('problem', { mode: 'json' }).$type<ScheduleProblem>(),
    begunAt: integer('begun_at').notNull().default(0),
    begunCursorAt: integer('begun_cursor_at').notNull().default(0),
  },
  (t) => [
    uniqueIndex('schedules_name').on(t.workflowId, t.name),
    index('schedules_by_name').on(sql.raw('name collate nocase'), t.id),
    index('schedules_project').on(t.projectId, t.id),
    // One for each: a common one would draw queries to it that have a narrower index.
    index('schedules_online').on(t.id).where(sql.raw('online = 1')),
    index('schedules_offline').on(t.id).where(sql.raw('online = 0')),
    index('schedules_due').on(t.dueAt, t.id).where(sql.raw('due_at is not null')),
    index('schedules_problem').on(t.id).where(sql.raw('problem is not null')),
  ],
);

export const scheduleFires = sqliteTable(
  'schedule_fires',
  {
    /** Schedules go, records stay until they are old: not a reference. */
    scheduleId: text('schedule_id').$type<ScheduleId>().notNull(),
    fireAt: integer('fire_at').notNull(),
    projectId: text('project_id').$type<ProjectId>().notNull(),
    workflowId: text('workflow_id').$type<WorkflowId>().notNull(),
    throughAt: integer('through_at').notNull(),
    fires: integer('fires').notNull(),
    outcome: text('outcome').$type<FireOutcome>().notNull(),
    reasonCode: text('reason_code').$type<FireReasonCode>(),
    reason: text('reason'),
    workflowInstanceId: text('workflow_instance_id').$type<WorkflowInstanceId>(),
    actAt: integer('act_at').notNull(),
    decidedAt: integer('decided_at').notNull(),
  },
  (t) => [
    // No fire time is recorded twice: held by the database itself.
    primaryKey({ columns: [t.scheduleId, t.fireAt] }),
    index('schedule_fires_queued').on(t.scheduleId, t.fireAt).where(sql.raw("outcome = 'queued'")),
    index('schedule_fires_run').on(t.workflowInstanceId).where(sql.raw('workflow_instance_id is not null')),
    index('schedule_fires_decided').on(t.decidedAt),
  ],
);

/** What a change has left undecided: gone as soon as the leader has written its records. */
export const scheduleRemains = sqliteTable(
  'schedule_remains',
  {
    scheduleId: text('schedule_id').$type<ScheduleId>().notNull(),
    upTo: integer('up_to').notNull(),
    afterAt: integer('after_at').notNull(),
    projectId: text('project_id').$type<ProjectId>().notNull(),
    workflowId: text('workflow_id').$type<WorkflowId>().notNull(),
    plan: text('plan', { mode: 'json' }).$type<SchedulePlan>().notNull(),
    why: text('why').notNull(),
  },
  (t) => [primaryKey({ columns: [t.scheduleId, t.upTo] })],
);

export const calendars = sqliteTable('calendars', {
  id: text('id').$type<CalendarId>().primaryKey(),
  name: text('name').notNull().unique(),
  description: text('description').notNull(),
  entries: text('entries', { mode: 'json' }).$type<readonly CalendarEntry[]>().notNull(),
  weekdays: text('weekdays', { mode: 'json' }).$type<readonly number[]>().notNull(),
  revision: integer('revision').notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
});

/** Which schedules name which calendars: what their plans say, written with them. */
export const calendarUses = sqliteTable(
  'calendar_uses',
  {
    calendarId: text('calendar_id')
      .$type<CalendarId>()
      .notNull()
      .references(() => calendars.id),
    scheduleId: text('schedule_id')
      .$type<ScheduleId>()
      .notNull()
      .references(() => schedules.id),
  },
  (t) => [primaryKey({ columns: [t.calendarId, t.scheduleId] }), index('calendar_uses_schedule').on(t.scheduleId)],
);
