/**
 * Tables of the registry: who is alive, what they have put there, who holds which lock in which term, what has changed
 * and who has heard of it. The registry package owns their use.
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

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
    /** Another one with each registration: whoever still has an earlier one is fenced. */
    session: text('session').notNull().default(''),
    /** Until then the client is young, or was late not long ago, and is looked at often. */
    settledAt: integer('settled_at').notNull().default(0),
  },
  (t) => [
    index('registry_clients_expiry').on(t.expiresAt),
    index('registry_clients_settled').on(t.settledAt),
    index('registry_clients_timeout').on(t.sessionTimeoutMs),
    index('registry_clients_name').on(t.kind, t.name),
  ],
);

export const registryLocks = sqliteTable(
  'registry_locks',
  {
    key: text('key').primaryKey(),
    /** Null while nobody holds the lock. The row stays, so that its epoch only grows. */
    clientId: text('client_id').references(() => registryClients.id),
    /** Who it is within the client. */
    owner: text('owner').notNull(),
    epoch: integer('epoch').notNull(),
    acquiredAt: integer('acquired_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [index('registry_locks_client').on(t.clientId)],
);

export const registryData = sqliteTable(
  'registry_data',
  {
    key: text('key').primaryKey(),
    value: text('value').notNull(),
    kind: text('kind').$type<'ephemeral' | 'persistent'>().notNull(),
    /** Of ephemeral rows only: they go with their client. */
    clientId: text('client_id').references(() => registryClients.id),
    /** 1 when the row is added, one more with each change. */
    version: integer('version').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [index('registry_data_client').on(t.clientId)],
);

export const registryEvents = sqliteTable('registry_events', {
  /** Never given twice, also when the newest rows are gone: a cursor must not stand in front of another event's id. */
  id: integer('id').primaryKey({ autoIncrement: true }),
  type: text('type').$type<'added' | 'updated' | 'removed'>().notNull(),
  key: text('key').notNull(),
  /** What the key holds from then on; of a removal what it held last. */
  value: text('value').notNull(),
  /** Who has changed it. Clients go, events stay: not a reference. */
  clientId: text('client_id'),
  createdAt: integer('created_at').notNull(),
});

export const registrySubscribers = sqliteTable(
  'registry_subscribers',
  {
    clientId: text('client_id')
      .notNull()
      .references(() => registryClients.id),
    path: text('path').notNull(),
    /** Tells apart what one client wants to hear of one path for several reasons. */
    name: text('name').notNull().default(''),
    lastEventId: integer('last_event_id').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.clientId, t.path, t.name] })],
);
