/** Tables of what was asked and what happened: commands wait for the leader, events are the append-only record. */
import type { CommandId, CommandKind, EventType, ProjectId, TaskInstanceId, WorkflowInstanceId } from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const commands = sqliteTable(
  'commands',
  {
    id: text('id').$type<CommandId>().primaryKey(),
    kind: text('kind').$type<CommandKind>().notNull(),
    workflowInstanceId: text('workflow_instance_id').$type<WorkflowInstanceId>().notNull(),
    payload: text('payload', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
    /** Rank in the list of priorities, 0 first, so that the queue can be read in order from an index. */
    priority: integer('priority').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    doneAt: integer('done_at'),
    outcome: text('outcome'),
  },
  (t) => [index('commands_pending').on(t.priority, t.createdAt, t.id).where(sql.raw('done_at is null'))],
);

export const events = sqliteTable(
  'events',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    type: text('type').$type<EventType>().notNull(),
    projectId: text('project_id').$type<ProjectId>(),
    workflowInstanceId: text('workflow_instance_id').$type<WorkflowInstanceId>(),
    taskInstanceId: text('task_instance_id').$type<TaskInstanceId>(),
    at: integer('at').notNull(),
    data: text('data', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (t) => [index('events_run').on(t.workflowInstanceId, t.seq)],
);
