/** Tables of the projects aggregate. */
import type { ParamDefinition, ProjectId } from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const projects = sqliteTable(
  'projects',
  {
    id: text('id').$type<ProjectId>().primaryKey(),
    name: text('name').notNull().unique(),
    description: text('description').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    params: text('params', { mode: 'json' }).$type<readonly ParamDefinition[]>().notNull().default([]),
  },
  (t) => [index('projects_by_name').on(sql.raw('name collate nocase'), t.id)],
);
