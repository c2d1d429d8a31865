/** Tables of a run: the instance, its task instances, and orders to workers that must outlive a crash. */
import type {
  AlertChoice,
  DispatchId,
  FailureStrategy,
  LogicState,
  OutboxRow,
  Priority,
  ProjectId,
  Reason,
  ResourceUsage,
  RunOriginKind,
  Scope,
  TaskInstanceId,
  TaskState,
  WorkerId,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowState,
} from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import {
  LIVE_RUN_STATES_SQL,
  LIVE_TASK_STATES_SQL,
  OPEN_STATES_SQL,
  REMARKABLE_TASK_STATES_SQL,
} from './state-lists.ts';

export const workflowInstances = sqliteTable(
  'workflow_instances',
  {
    id: text('id').$type<WorkflowInstanceId>().primaryKey(),
    projectId: text('project_id').$type<ProjectId>().notNull(),
    /** No foreign key: the history of a deleted workflow stays. */
    workflowId: text('workflow_id').$type<WorkflowId>().notNull(),
    workflowName: text('workflow_name').notNull(),
    version: integer('version').notNull(),
    number: integer('number'),
    state: text('state').$type<WorkflowState>().notNull(),
    runCounter: integer('run_counter').notNull(),
    params: text('params', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
    startTasks: text('start_tasks', { mode: 'json' }).$type<readonly string[]>().notNull(),
    scope: text('scope').$type<Scope>().notNull(),
    failureStrategy: text('failure_strategy').$type<FailureStrategy>().notNull(),
    priority: text('priority').$type<Priority>().notNull(),
    workerGroup: text('worker_group'),
    environment: text('environment'),
    dryRun: integer('dry_run', { mode: 'boolean' }).notNull(),
    timeoutMs: integer('timeout_ms'),
    businessTime: integer('business_time').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    startedAt: integer('started_at'),
    endedAt: integer('ended_at'),
    updatedAt: integer('updated_at').notNull(),
    reason: text('reason', { mode: 'json' }).$type<Reason>(),
    queuedAt: integer('queued_at'),
    executionSlot: integer('execution_slot'),
    parentInstanceId: text('parent_instance_id').$type<WorkflowInstanceId>(),
    parentTask: text('parent_task'),
    parentTaskId: text('parent_task_id').$type<TaskInstanceId>(),
    childIndex: integer('child_index').notNull().default(0),
    lineage: text('lineage', { mode: 'json' }).$type<readonly WorkflowId[]>().notNull().default([]),
    outputs: text('outputs', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull().default({}),
    quarantine: text('quarantine', { mode: 'json' }).$type<Reason>(),
    alertOn: text('alert_on').$type<AlertChoice>(),
    alertGroup: text('alert_group'),
    originKind: text('origin_kind').$type<RunOriginKind>(),
    originId: text('origin_id'),
    timezone: text('timezone'),
  },
  (t) => [
    index('workflow_instances_project').on(t.projectId, t.id),
    index('workflow_instances_workflow').on(t.workflowId, t.id),
    index('workflow_instances_state').on(t.state, t.id),
    index('workflow_instances_project_state').on(t.projectId, t.state, t.id),
    index('workflow_instances_workflow_state').on(t.workflowId, t.state, t.id),
    index('workflow_instances_created').on(t.createdAt, t.state),
    index('workflow_instances_open')
      .on(t.id)
      .where(sql.raw(`state in ${OPEN_STATES_SQL}`)),
    index('workflow_instances_aside').on(t.workflowId).where(sql.raw('quarantine is not null')),
    uniqueIndex('workflow_instances_number').on(t.workflowId, t.number),
    // One live run per place, and each child of a task instance once: held by the database itself.
    uniqueIndex('workflow_instances_place')
      .on(t.workflowId, t.executionSlot)
      .where(sql.raw(`execution_slot is not null and state in ${LIVE_RUN_STATES_SQL}`)),
    uniqueIndex('workflow_instances_child')
      .on(t.parentTaskId, t.childIndex)
      .where(sql.raw('parent_task_id is not null')),
    index('workflow_instances_parent').on(t.parentInstanceId, t.id).where(sql.raw('parent_instance_id is not null')),
    // What a schedule, a backfill or a trigger has started.
    index('workflow_instances_origin').on(t.originId, t.id).where(sql.raw('origin_id is not null')),
    index('workflow_instances_origin_kind').on(t.originKind, t.id).where(sql.raw('origin_kind is not null')),
    // Of those the few that have not ended: asked for at each fire time.
    index('workflow_instances_origin_open')
      .on(t.originId)
      .where(sql.raw(`origin_id is not null and state in ${OPEN_STATES_SQL}`)),
    // What dependent tasks ask for: dry runs satisfy nobody.
    index('workflow_instances_business_time').on(t.workflowId, t.businessTime, t.id).where(sql.raw('dry_run = 0')),
  ],
);

/** Where a task instance stands in its group, as `memberKey` says it. */
export const MEMBER_RANK_SQL = '(case when group_slot is not null then 0 when group_forced then 1 else 2 end)';

export const taskInstances = sqliteTable(
  'task_instances',
  {
    id: text('id').$type<TaskInstanceId>().primaryKey(),
    workflowInstanceId: text('workflow_instance_id')
      .$type<WorkflowInstanceId>()
      .notNull()
      .references(() => workflowInstances.id),
    name: text('name').notNull(),
    type: text('type').notNull(),
    state: text('state').$type<TaskState>().notNull(),
    attempt: integer('attempt').notNull(),
    retryTimes: integer('retry_times').notNull(),
    failovers: integer('failovers').notNull(),
    current: integer('current', { mode: 'boolean' }).notNull(),
    runCounter: integer('run_counter').notNull(),
    previousId: text('previous_id').$type<TaskInstanceId>(),
    workerGroup: text('worker_group').notNull(),
    priority: text('priority').$type<Priority>().notNull(),
    dispatchId: text('dispatch_id').$type<DispatchId>(),
    dispatchEpoch: integer('dispatch_epoch'),
    workerId: text('worker_id').$type<WorkerId>(),
    workerName: text('worker_name'),
    firstSubmittedAt: integer('first_submitted_at').notNull(),
    submittedAt: integer('submitted_at').notNull(),
    dueAt: integer('due_at'),
    dispatchedAt: integer('dispatched_at'),
    startedAt: integer('started_at'),
    endedAt: integer('ended_at'),
    exitCode: integer('exit_code'),
    signal: text('signal'),
    outputs: text('outputs', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
    inputs: text('inputs', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
    logBytes: integer('log_bytes').notNull(),
    killRequestedAt: integer('kill_requested_at'),
    reason: text('reason', { mode: 'json' }).$type<Reason>(),
    updatedAt: integer('updated_at').notNull(),
    taskGroup: text('task_group'),
    groupPriority: integer('group_priority').notNull().default(0),
    groupSlot: integer('group_slot'),
    groupForced: integer('group_forced', { mode: 'boolean' }).notNull().default(false),
    logic: text('logic', { mode: 'json' }).$type<LogicState>(),
    usage: text('usage', { mode: 'json' }).$type<ResourceUsage>(),
  },
  (t) => [
    index('task_instances_run').on(t.workflowInstanceId, t.id),
    uniqueIndex('task_instances_attempt').on(t.workflowInstanceId, t.name, t.attempt),
    // At most one current task instance per task, held by the database itself.
    uniqueIndex('task_instances_current').on(t.workflowInstanceId, t.name).where(sql.raw('current = 1')),
    uniqueIndex('task_instances_dispatch').on(t.dispatchId).where(sql.raw('dispatch_id is not null')),
    // One task instance per slot of a group, held by the database itself.
    uniqueIndex('task_instances_slot')
      .on(t.taskGroup, t.groupSlot)
      .where(sql.raw(`group_slot is not null and state in ${LIVE_TASK_STATES_SQL}`)),
    index('task_instances_members')
      .on(t.taskGroup, sql.raw(MEMBER_RANK_SQL), sql.raw('-group_priority'), t.firstSubmittedAt, t.id)
      .where(sql.raw(`task_group is not null and state in ${LIVE_TASK_STATES_SQL}`)),
    // How long the queues of worker groups are. Holds the waiting tasks and nothing else.
    index('task_instances_queued')
      .on(t.workerGroup, t.type, t.taskGroup, t.groupSlot, t.groupForced)
      .where(sql.raw("state = 'submitted'")),
    // What failed, was killed or rests, across runs. A task that goes the usual way is never written into it.
    index('task_instances_remarkable')
      .on(t.state, t.id)
      .where(sql.raw(`state in ${REMARKABLE_TASK_STATES_SQL}`)),
    // What a worker has and had, newest first: one entry for each sending.
    index('task_instances_worker').on(t.workerId, t.id).where(sql.raw('worker_id is not null')),
  ],
);

export const outbox = sqliteTable(
  'outbox',
  {
    dispatchId: text('dispatch_id').$type<DispatchId>().primaryKey(),
    kind: text('kind').$type<OutboxRow['kind']>().notNull(),
    workerId: text('worker_id').$type<WorkerId>().notNull(),
    workflowInstanceId: text('workflow_instance_id')
      .$type<WorkflowInstanceId>()
      .notNull()
      .references(() => workflowInstances.id),
    reason: text('reason').notNull(),
    graceMs: integer('grace_ms').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [index('outbox_run').on(t.workflowInstanceId)],
);
