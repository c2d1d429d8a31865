/** Tables of the workflows aggregate: the workflow, every version of its document, and which others the newest one names. */
import type { LinkTaskType, ProjectId, WorkflowDocument, WorkflowId } from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { projects } from './projects.ts';

export const workflows = sqliteTable(
  'workflows',
  {
    id: text('id').$type<WorkflowId>().primaryKey(),
    projectId: text('project_id')
      .$type<ProjectId>()
      .notNull()
      .references(() => projects.id),
    name: text('name').notNull(),
    description: text('description').notNull(),
    version: integer('version').notNull(),
    online: integer('online', { mode: 'boolean' }).notNull(),
    taskCount: integer('task_count').notNull(),
    /** The newest run's number. A counter and not the maximum of the runs, so that a purged run's number is never given again. */
    lastNumber: integer('last_number').notNull().default(0),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('workflows_project_name').on(t.projectId, t.name),
    // What people look for: names by their beginning, of one project and of all.
    index('workflows_project_by_name').on(t.projectId, sql.raw('name collate nocase'), t.id),
    index('workflows_by_name').on(sql.raw('name collate nocase'), t.id),
    // The lists of what is online, and of what is not.
    index('workflows_project_online').on(t.projectId, t.online, sql.raw('name collate nocase'), t.id),
    index('workflows_online').on(t.online, sql.raw('name collate nocase'), t.id),
  ],
);

export const workflowVersions = sqliteTable(
  'workflow_versions',
  {
    workflowId: text('workflow_id')
      .$type<WorkflowId>()
      .notNull()
      .references(() => workflows.id),
    version: integer('version').notNull(),
    document: text('document', { mode: 'json' }).$type<WorkflowDocument>().notNull(),
    contentHash: text('content_hash').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.workflowId, t.version] })],
);

/** Which workflows the newest version of a workflow names, as it is written there. They go with it. */
export const workflowLinks = sqliteTable(
  'workflow_links',
  {
    workflowId: text('workflow_id')
      .$type<WorkflowId>()
      .notNull()
      .references(() => workflows.id),
    position: integer('position').notNull(),
    /** Of the workflow. */
    projectId: text('project_id').$type<ProjectId>().notNull(),
    kind: text('kind').$type<LinkTaskType>().notNull(),
    task: text('task').notNull(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull(),
    /** Name or id; the id of its own project where none is written. */
    targetProject: text('target_project').notNull(),
    targetWorkflow: text('target_workflow').notNull(),
    ofTask: text('of_task'),
    range: text('range'),
  },
  (t) => [
    primaryKey({ columns: [t.workflowId, t.position] }),
    index('workflow_links_project').on(t.projectId, t.workflowId, t.position),
    // Who names this one.
    index('workflow_links_target').on(t.targetProject, t.targetWorkflow),
  ],
);
