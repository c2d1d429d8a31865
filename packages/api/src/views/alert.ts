/** Bodies of /alerts. */
import {
  ALERT_KINDS,
  ALERT_SEVERITIES,
  ALERT_STATUSES,
  CLUSTER_ALERT_KINDS,
  type ClusterAlertKind,
  DELIVERY_STATUSES,
} from '@vaquita/core';
import * as z from 'zod';
import { PageQuery, pageOf, Timestamp } from './page.ts';

export const AlertKindName = z.enum(ALERT_KINDS).meta({ id: 'AlertKind' });
export type AlertKindName = z.infer<typeof AlertKindName>;
export const ClusterAlertKindName = z
  .enum(CLUSTER_ALERT_KINDS as readonly [ClusterAlertKind, ...ClusterAlertKind[]])
  .meta({
    id: 'ClusterAlertKind',
    description: 'Alerts of no workflow’s choice, told to the groups that take their kind',
  });
export const AlertSeverityName = z.enum(ALERT_SEVERITIES).meta({ id: 'AlertSeverity' });
export const AlertStatusName = z.enum(ALERT_STATUSES).meta({
  id: 'AlertStatus',
  description:
    '`waiting`: not taken up yet; `folded`: another alert speaks for it; `sending`: some channel is still tried; ' +
    '`sent`: all were reached; `partly_sent`, `failed`: tries are over, and only some were, or none',
});
export type AlertStatusName = z.infer<typeof AlertStatusName>;

const alertFields = {
  id: z.string(),
  kind: AlertKindName,
  severity: AlertSeverityName,
  state: z
    .enum(['open', 'resolved'])
    .meta({ description: '`resolved` takes back what was said of the same subject before' }),
  status: AlertStatusName,
  group: z
    .string()
    .nullable()
    .meta({ description: 'The alert group by its name; null: every group that takes the kind' }),
  projectId: z.string().nullable(),
  workflowId: z.string().nullable(),
  workflowInstanceId: z.string().nullable(),
  subject: z.string().meta({ description: 'The same for everything that is said about one thing' }),
  title: z.string(),
  labels: z.record(z.string(), z.string()),
  count: z.number().int().meta({ description: 'How many alerts it speaks for, itself included' }),
  firstAt: Timestamp,
  lastAt: Timestamp,
  foldedInto: z.string().nullable().meta({ description: 'The alert that speaks for this one' }),
  reason: z.string().nullable().meta({ description: 'Why it was not sent to everybody' }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const AlertView = z.object(alertFields).meta({ id: 'Alert' });
export type AlertView = z.infer<typeof AlertView>;

export const AlertPage = pageOf(AlertView).meta({ id: 'AlertPage' });
export type AlertPage = z.infer<typeof AlertPage>;

export const AlertDeliveryView = z
  .object({
    id: z.string().meta({ description: 'Also the idempotency key that the other side gets' }),
    channelId: z.string(),
    channelName: z.string().meta({ description: 'As it was called when the alert was taken up' }),
    status: z.enum(DELIVERY_STATUSES).meta({
      id: 'AlertDeliveryStatus',
      description:
        '`retry`: to be tried again at `nextAttemptAt`; `failed`: not any more, until somebody has it sent again',
    }),
    attempt: z.number().int().meta({ description: 'Tries so far, the one under way included' }),
    nextAttemptAt: Timestamp.nullable(),
    answer: z.string().nullable().meta({ description: 'What the channel said' }),
    reason: z.string().nullable().meta({ description: 'Why the last try failed' }),
    sentAt: Timestamp.nullable(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'AlertDelivery' });
export type AlertDeliveryView = z.infer<typeof AlertDeliveryView>;

export const AlertDetail = z
  .object({
    ...alertFields,
    text: z.string(),
    facts: z.array(z.object({ name: z.string(), value: z.string() })),
    links: z.array(z.object({ title: z.string(), url: z.string() })),
    deliveries: z.array(AlertDeliveryView).meta({ description: 'One for each channel, in order of their names' }),
  })
  .meta({ id: 'AlertDetail' });
export type AlertDetail = z.infer<typeof AlertDetail>;

const Moment = z.iso.datetime({ offset: true });

export const AlertQuery = PageQuery.extend({
  status: AlertStatusName.optional(),
  kind: AlertKindName.optional(),
  severity: AlertSeverityName.optional(),
  project: z.string().optional().meta({ description: 'Id or name' }),
  workflow: z.string().optional().meta({ description: 'Id or name; needs `project`' }),
  run: z.string().max(100).optional().meta({ description: 'Id of a run; then folded alerts are listed too' }),
  group: z.string().max(200).optional().meta({ description: 'Name of an alert group' }),
  since: Moment.optional().meta({ description: 'Filed at this time or later, ISO 8601' }),
  until: Moment.optional().meta({ description: 'Filed before this time' }),
});
export type AlertQuery = PageQuery & Omit<z.input<typeof AlertQuery>, keyof PageQuery>;
