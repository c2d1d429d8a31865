/** Table of the workers, with the figures of their newest heartbeat and what people have decided about them. */
import type { WorkerId } from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { WorkerFacts, WorkerStanding } from '../ports/master.ts';

export const workers = sqliteTable(
  'workers',
  {
    id: text('id').$type<WorkerId>().primaryKey(),
    name: text('name').notNull(),
    groups: text('groups', { mode: 'json' }).$type<readonly string[]>().notNull(),
    labels: text('labels', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
    slots: integer('slots').notNull(),
    state: text('state').$type<WorkerFacts['state']>().notNull(),
    agentVersion: text('agent_version').notNull(),
    runtime: text('runtime').notNull(),
    host: text('host').notNull(),
    taskTypes: text('task_types', { mode: 'json' }).$type<readonly string[]>().notNull(),
    sessionTimeoutMs: integer('session_timeout_ms').notNull(),
    connectedAt: integer('connected_at'),
    lastHeartbeatAt: integer('last_heartbeat_at'),
    stats: text('stats', { mode: 'json' }).$type<Readonly<Record<string, number>>>().notNull(),
    updatedAt: integer('updated_at').notNull(),
    weight: real('weight').notNull().default(1),
    standing: text('standing', { mode: 'json' }).$type<WorkerStanding>(),
  },
  (t) => [index('workers_name').on(t.name, t.id), index('workers_standing').on(t.id).where(sql`standing is not null`)],
);
