/** Table of the worker groups that somebody has declared. Others are there by being named. */
import type { BalancingPolicy, Id } from '@vaquita/core';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const workerGroups = sqliteTable('worker_groups', {
  id: text('id').$type<Id<'worker-group'>>().primaryKey(),
  name: text('name').notNull().unique(),
  description: text('description').notNull(),
  policy: text('policy').$type<BalancingPolicy>().notNull(),
  /** Names of the workers that were put into it, each once, in order. */
  workers: text('workers', { mode: 'json' }).$type<readonly string[]>().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
});
