/** Tables of listeners: plugins and their code, instances with how far they are, and the events that they have yet to hear. */
import type { ListenerEventType, ListenerInstanceRow, ListenerPluginRow, ProjectId } from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const listenerPlugins = sqliteTable('listener_plugins', {
  id: text('id').$type<ListenerPluginRow['id']>().primaryKey(),
  name: text('name').notNull().unique(),
  title: text('title').notNull(),
  version: text('version').notNull(),
  origin: text('origin').$type<ListenerPluginRow['origin']>().notNull(),
  /** Name of the package it was installed from. */
  packageName: text('package_name'),
  settingsSchema: text('settings_schema', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
  /** SHA-256 of the code, in hex. */
  digest: text('digest').notNull(),
  /** Uploaded code is not run before an admin has enabled it. */
  enabled: integer('enabled', { mode: 'boolean' }).notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
});

export const listenerCode = sqliteTable('listener_code', {
  pluginId: text('plugin_id')
    .$type<ListenerPluginRow['id']>()
    .primaryKey()
    .references(() => listenerPlugins.id),
  /** One ES module. */
  code: text('code').notNull(),
});

export const listenerInstances = sqliteTable(
  'listener_instances',
  {
    id: text('id').$type<ListenerInstanceRow['id']>().primaryKey(),
    name: text('name').notNull().unique(),
    /** By name: built-in plugins have no row. */
    plugin: text('plugin').notNull(),
    /** JSON, sealed. */
    settings: text('settings').notNull(),
    eventTypes: text('event_types', { mode: 'json' }).$type<readonly ListenerEventType[]>().notNull(),
    /** Null: of every project, and of none. */
    projectId: text('project_id').$type<ProjectId>(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull(),
    /** Everything up to here has been heard, skipped, or is not for it. */
    cursor: integer('cursor').notNull(),
    /** The event that failed last and has not been heard since; null: none. */
    blockedSeq: integer('blocked_seq'),
    attempt: integer('attempt').notNull(),
    nextAttemptAt: integer('next_attempt_at'),
    reason: text('reason'),
    blockedSince: integer('blocked_since'),
    lastDeliveredAt: integer('last_delivered_at'),
    delivered: integer('delivered').notNull(),
    skipped: integer('skipped').notNull(),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
    /** Where the cursor was when it was made, switched on, or given other events to hear. */
    listensFrom: integer('listens_from').notNull().default(0),
  },
  (t) => [index('listener_instances_plugin').on(t.plugin)],
);

export const listenerEvents = sqliteTable(
  'listener_events',
  {
    /** That of the event it tells of. */
    seq: integer('seq').primaryKey(),
    type: text('type').$type<ListenerEventType>().notNull(),
    version: integer('version').notNull(),
    at: integer('at').notNull(),
    projectId: text('project_id').$type<ProjectId>(),
    projectName: text('project_name'),
    subject: text('subject').notNull(),
    data: text('data', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull(),
    /** Of all it says, for the alarm on what piles up. */
    bytes: integer('bytes').notNull(),
  },
  (t) => [index('listener_events_at').on(t.at)],
);

/** Deliveries that did not go through at once: kept until the event itself has gone and they are old. */
export const listenerFailures = sqliteTable(
  'listener_failures',
  {
    instanceId: text('instance_id').$type<ListenerInstanceRow['id']>().notNull(),
    seq: integer('seq').notNull(),
    outcome: text('outcome').$type<'blocked' | 'delivered' | 'skipped'>().notNull(),
    attempts: integer('attempts').notNull(),
    reason: text('reason').notNull(),
    /** Who has skipped it. */
    skippedBy: text('skipped_by'),
    firstAt: integer('first_at').notNull(),
    lastAt: integer('last_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.instanceId, t.seq] }),
    index('listener_failures_last').on(t.lastAt).where(sql.raw("outcome <> 'blocked'")),
  ],
);

/** How far the record of events has been read for listeners. One row. */
export const listenerRelay = sqliteTable('listener_relay', {
  id: integer('id').primaryKey(),
  seq: integer('seq').notNull(),
});
