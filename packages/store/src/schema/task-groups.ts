/** Table of the task groups. Who holds their slots is in the task instances. */
import type { Id } from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const taskGroups = sqliteTable(
  'task_groups',
  {
    id: text('id').$type<Id<'task-group'>>().primaryKey(),
    name: text('name').notNull().unique(),
    description: text('description').notNull(),
    size: integer('size').notNull(),
    open: integer('open', { mode: 'boolean' }).notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [index('task_groups_by_name').on(sql.raw('name collate nocase'), t.id)],
);
