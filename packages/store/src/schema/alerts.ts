/** Tables of who is told what: groups and their channels, alerts, and one row per alert and channel. */
import type {
  AlertChannelId,
  AlertDeliveryId,
  AlertGroupId,
  AlertId,
  AlertMessage,
  AlertStatus,
  DeliveryStatus,
  ProjectId,
  WorkflowId,
  WorkflowInstanceId,
} from '@vaquita/core';
import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** One condition, since a query finds a partial index by its text. */
const SPEAKS = sql.raw('folded_into is null');

export const alertGroups = sqliteTable('alert_groups', {
  id: text('id').$type<AlertGroupId>().primaryKey(),
  name: text('name').notNull().unique(),
  description: text('description').notNull(),
  kinds: text('kinds', { mode: 'json' }).$type<readonly AlertMessage['kind'][]>().notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
});

export const alertChannels = sqliteTable('alert_channels', {
  id: text('id').$type<AlertChannelId>().primaryKey(),
  name: text('name').notNull().unique(),
  type: text('type').notNull(),
  /** JSON, sealed. */
  settings: text('settings').notNull(),
  enabled: integer('enabled', { mode: 'boolean' }).notNull(),
  lastDeliveredAt: integer('last_delivered_at'),
  lastError: text('last_error'),
  notBefore: integer('not_before').notNull().default(0),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
});

export const alertGroupChannels = sqliteTable(
  'alert_group_channels',
  {
    groupId: text('group_id')
      .$type<AlertGroupId>()
      .notNull()
      .references(() => alertGroups.id),
    channelId: text('channel_id')
      .$type<AlertChannelId>()
      .notNull()
      .references(() => alertChannels.id),
  },
  (t) => [primaryKey({ columns: [t.groupId, t.channelId] }), index('alert_group_channels_channel').on(t.channelId)],
);

export const alerts = sqliteTable(
  'alerts',
  {
    id: text('id').$type<AlertId>().primaryKey(),
    groupName: text('group_name'),
    kind: text('kind').$type<AlertMessage['kind']>().notNull(),
    severity: text('severity').$type<AlertMessage['severity']>().notNull(),
    subject: text('subject').notNull(),
    projectId: text('project_id').$type<ProjectId>(),
    workflowId: text('workflow_id').$type<WorkflowId>(),
    workflowInstanceId: text('workflow_instance_id').$type<WorkflowInstanceId>(),
    message: text('message', { mode: 'json' }).$type<AlertMessage>().notNull(),
    status: text('status').$type<AlertStatus>().notNull(),
    count: integer('count').notNull(),
    firstAt: integer('first_at').notNull(),
    lastAt: integer('last_at').notNull(),
    foldedInto: text('folded_into').$type<AlertId>(),
    reason: text('reason'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    // An index ends with the number of the row, which is the order of filing.
    index('alerts_waiting').on(t.status).where(sql.raw("status = 'waiting'")),
    index('alerts_filed').on(t.subject),
    index('alerts_undelivered').on(t.subject).where(sql.raw("status = 'sending'")),
    index('alerts_status').on(t.status, t.id),
    index('alerts_run').on(t.workflowInstanceId, t.id).where(sql.raw('workflow_instance_id is not null')),
    // For people, who page through what speaks for itself; what was folded is found under what speaks for it.
    index('alerts_speaking').on(t.id).where(SPEAKS),
    index('alerts_project').on(t.projectId, t.id).where(SPEAKS),
    index('alerts_workflow').on(t.workflowId, t.id).where(SPEAKS),
    index('alerts_group').on(t.groupName, t.id).where(SPEAKS),
    index('alerts_kind').on(t.kind, t.id).where(SPEAKS),
    index('alerts_severity').on(t.severity, t.id).where(SPEAKS),
    index('alerts_folded').on(t.foldedInto, t.id).where(sql.raw('folded_into is not null')),
  ],
);

export const alertDeliveries = sqliteTable(
  'alert_deliveries',
  {
    id: text('id').$type<AlertDeliveryId>().primaryKey(),
    alertId: text('alert_id')
      .$type<AlertId>()
      .notNull()
      .references(() => alerts.id),
    /** Channels go, records stay: not a reference. */
    channelId: text('channel_id').$type<AlertChannelId>().notNull(),
    channelName: text('channel_name').notNull(),
    status: text('status').$type<DeliveryStatus>().notNull(),
    attempt: integer('attempt').notNull(),
    nextAttemptAt: integer('next_attempt_at').notNull(),
    claimedBy: text('claimed_by'),
    claimedAt: integer('claimed_at'),
    answer: text('answer'),
    reason: text('reason'),
    sentAt: integer('sent_at'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('alert_deliveries_once').on(t.alertId, t.channelId),
    index('alert_deliveries_due')
      .on(t.channelId, t.nextAttemptAt, t.id)
      .where(sql.raw("status in ('waiting', 'retry')")),
    index('alert_deliveries_sending').on(t.claimedAt).where(sql.raw("status = 'sending'")),
    index('alert_deliveries_channel').on(t.channelId, t.id),
  ],
);
