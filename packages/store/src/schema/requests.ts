/** Tables about requests: idempotency keys and the audit log. */
import type { Id } from '@vaquita/core';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    key: text('key').primaryKey(),
    bodyHash: text('body_hash').notNull(),
    /** 0 while the first request is still being answered. */
    status: integer('status').notNull(),
    response: text('response').notNull(),
    createdAt: integer('created_at').notNull(),
    /** Id of the server, as it is in the registry. */
    claimedBy: text('claimed_by').notNull().default(''),
  },
  (t) => [index('idempotency_keys_created').on(t.createdAt)],
);

export const auditLog = sqliteTable(
  'audit_log',
  {
    id: text('id').$type<Id<'audit'>>().primaryKey(),
    at: integer('at').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    data: text('data', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
  },
  (t) => [
    index('audit_log_subject').on(t.subject, t.id),
    index('audit_log_actor').on(t.actor, t.id),
    index('audit_log_actor_action').on(t.actor, t.action, t.id),
    index('audit_log_action').on(t.action, t.id),
  ],
);
