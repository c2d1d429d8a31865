/** Tables of triggers, of who looks for them, and of what they have noticed: each thing once. */
import type {
  FiringOutcome,
  LookProblem,
  ProjectId,
  StartChoices,
  TriggerConfig,
  TriggerId,
  TriggerKind,
  WorkflowId,
  WorkflowInstanceId,
} from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { workflows } from './workflows.ts';

/** What a trigger of the kind `after_workflow` follows. */
export const FOLLOWED_PROJECT_SQL = "config ->> '$.projectId'";
export const FOLLOWED_WORKFLOW_SQL = "config ->> '$.workflowId'";

export const triggers = sqliteTable(
  'triggers',
  {
    id: text('id').$type<TriggerId>().primaryKey(),
    projectId: text('project_id').$type<ProjectId>().notNull(),
    workflowId: text('workflow_id')
      .$type<WorkflowId>()
      .notNull()
      .references(() => workflows.id),
    kind: text('kind').$type<TriggerKind>().notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    config: text('config', { mode: 'json' }).$type<TriggerConfig>().notNull(),
    /** Sealed. */
    secret: text('secret'),
    start: text('start', { mode: 'json' }).$type<StartChoices>().notNull(),
    online: integer('online', { mode: 'boolean' }).notNull(),
    revision: integer('revision').notNull(),
    cursor: integer('cursor').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedBy: text('updated_by').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('triggers_name').on(t.workflowId, t.name),
    index('triggers_project').on(t.projectId, t.id),
    index('triggers_online').on(t.kind, t.id).where(sql.raw('online = 1')),
    index('triggers_by_name').on(sql.raw('name collate nocase'), t.id),
    // What follows the runs of a workflow.
    index('triggers_follow')
      .on(sql.raw(FOLLOWED_PROJECT_SQL), sql.raw(FOLLOWED_WORKFLOW_SQL))
      .where(sql.raw("kind = 'after_workflow'")),
  ],
);

export const triggerFirings = sqliteTable(
  'trigger_firings',
  {
    /** Triggers go, records stay until they are old: not a reference. */
    triggerId: text('trigger_id').$type<TriggerId>().notNull(),
    key: text('key').notNull(),
    projectId: text('project_id').$type<ProjectId>().notNull(),
    workflowId: text('workflow_id').$type<WorkflowId>().notNull(),
    outcome: text('outcome').$type<FiringOutcome>().notNull(),
    reason: text('reason'),
    workflowInstanceId: text('workflow_instance_id').$type<WorkflowInstanceId>(),
    at: integer('at').notNull(),
    about: text('about', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull().default({}),
    chain: text('chain', { mode: 'json' }).$type<readonly WorkflowId[]>().notNull().default([]),
  },
  (t) => [
    // Nothing that was noticed starts two runs: held by the database itself.
    primaryKey({ columns: [t.triggerId, t.key] }),
    index('trigger_firings_at').on(t.triggerId, t.at),
    index('trigger_firings_old').on(t.at),
    // What a run was started by, and what that was started by.
    index('trigger_firings_run').on(t.workflowInstanceId).where(sql.raw('workflow_instance_id is not null')),
  ],
);

/** Who looks for a trigger of the kind `file`. They go with it. */
export const triggerWatchers = sqliteTable(
  'trigger_watchers',
  {
    triggerId: text('trigger_id').$type<TriggerId>().notNull(),
    watcher: text('watcher').notNull(),
    since: integer('since').notNull(),
    number: integer('number').notNull(),
    firstAt: integer('first_at'),
    lookedAt: integer('looked_at').notNull(),
    problem: text('problem', { mode: 'json' }).$type<LookProblem>(),
  },
  (t) => [
    primaryKey({ columns: [t.triggerId, t.watcher] }),
    // Those that have not looked for longest are forgotten first.
    index('trigger_watchers_looked').on(t.lookedAt),
  ],
);

/** What a trigger of the kind `file` knows, for as long as it is there and some time after. They go with it. */
export const triggerThings = sqliteTable(
  'trigger_things',
  {
    triggerId: text('trigger_id').$type<TriggerId>().notNull(),
    key: text('key').notNull(),
    seenAt: integer('seen_at').notNull(),
    knownFrom: integer('known_from').notNull(),
  },
  (t) => [primaryKey({ columns: [t.triggerId, t.key] }), index('trigger_things_seen').on(t.seenAt)],
);
