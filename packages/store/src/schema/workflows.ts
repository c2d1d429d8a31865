/** Tables of the workflows aggregate: the workflow, and every version of its document. */
import type { ProjectId, WorkflowDocument, WorkflowId } from '@vaquita/core';
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
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
  (t) => [uniqueIndex('workflows_project_name').on(t.projectId, t.name)],
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
