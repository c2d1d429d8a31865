/** Tables of the registry: who is alive, and who holds which lock in which term. The registry package owns their use. */
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const registryClients = sqliteTable(
  'registry_clients',
  {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    kind: text('kind').$type<'server' | 'worker'>().notNull(),
    heartbeatIntervalMs: integer('heartbeat_interval_ms').notNull(),
    sessionTimeoutMs: integer('session_timeout_ms').notNull(),
    connectionConfig: text('connection_config', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
    lastHeartbeatAt: integer('last_heartbeat_at').notNull(),
    /** last_heartbeat_at + session_timeout_ms, kept as a column so that the dead are one range of an index. */
    expiresAt: integer('expires_at').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (t) => [index('registry_clients_expiry').on(t.expiresAt)],
);

export const registryLocks = sqliteTable(
  'registry_locks',
  {
    key: text('key').primaryKey(),
    /** Null while nobody holds the lock. The row stays, so that its epoch only grows. */
    clientId: text('client_id').references(() => registryClients.id),
    owner: text('owner').notNull(),
    epoch: integer('epoch').notNull(),
    acquiredAt: integer('acquired_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [index('registry_locks_client').on(t.clientId)],
);
