/** Tables of backfills: the object that people see, and one row for each workflow and business time. */
import type {
  BackfillId,
  BackfillItemState,
  BackfillMember,
  BackfillOrder,
  BackfillState,
  BackfillTimes,
  BackfillWait,
  ProjectId,
  Reason,
  ScheduleId,
  StartChoices,
  WorkflowId,
  WorkflowInstanceId,
} from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const backfills = sqliteTable(
  'backfills',
  {
    id: text('id').$type<BackfillId>().primaryKey(),
    projectId: text('project_id').$type<ProjectId>().notNull(),
    /** No foreign key: what was done for a deleted workflow stays until it is old. */
    workflowId: text('workflow_id').$type<WorkflowId>().notNull(),
    scheduleId: text('schedule_id').$type<ScheduleId>(),
    description: text('description').notNull(),
    members: text('members', { mode: 'json' }).$type<readonly BackfillMember[]>().notNull(),
    start: text('start', { mode: 'json' }).$type<StartChoices>().notNull(),
    order: text('order').$type<BackfillOrder>().notNull(),
    parallelism: integer('parallelism').notNull(),
    state: text('state').$type<BackfillState>().notNull(),
    revision: integer('revision').notNull(),
    items: integer('items').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    endedAt: integer('ended_at'),
    times: text('times', { mode: 'json' }).$type<BackfillTimes>().notNull().default({ kind: 'list' }),
    timezone: text('timezone'),
    hold: text('hold', { mode: 'json' }).$type<Reason>(),
  },
  (t) => [
    index('backfills_project').on(t.projectId, t.id),
    index('backfills_workflow').on(t.workflowId, t.id),
    index('backfills_state').on(t.state, t.id),
  ],
);

export const backfillItems = sqliteTable(
  'backfill_items',
  {
    backfillId: text('backfill_id')
      .$type<BackfillId>()
      .notNull()
      .references(() => backfills.id),
    position: integer('position').notNull(),
    projectId: text('project_id').$type<ProjectId>().notNull(),
    workflowId: text('workflow_id').$type<WorkflowId>().notNull(),
    version: integer('version').notNull(),
    level: integer('level').notNull(),
    businessTime: integer('business_time').notNull(),
    state: text('state').$type<BackfillItemState>().notNull(),
    reason: text('reason'),
    workflowInstanceId: text('workflow_instance_id').$type<WorkflowInstanceId>(),
    tries: integer('tries').notNull(),
    startedAt: integer('started_at'),
    endedAt: integer('ended_at'),
    waits: text('waits', { mode: 'json' }).$type<readonly BackfillWait[]>().notNull().default([]),
  },
  (t) => [
    primaryKey({ columns: [t.backfillId, t.position] }),
    // One at a time per workflow, version and business time, whichever backfill it belongs to: held by the database itself.
    uniqueIndex('backfill_items_once')
      .on(t.workflowId, t.version, t.businessTime)
      .where(sql.raw("state in ('waiting', 'running')")),
    index('backfill_items_state').on(t.backfillId, t.state, t.position),
    // All that run now, whichever backfill they belong to: few, and read each time the leader looks.
    index('backfill_items_running').on(t.backfillId, t.position).where(sql.raw("state = 'running'")),
    index('backfill_items_time').on(t.backfillId, t.businessTime, t.workflowId),
    index('backfill_items_run').on(t.workflowInstanceId).where(sql.raw('workflow_instance_id is not null')),
  ],
);
