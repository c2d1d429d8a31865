/** Bodies of /alert-groups and /alert-channels. */
import * as z from 'zod';
import { ClusterAlertKindName } from './alert.ts';
import { pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';

const Settings = z.record(z.string(), z.unknown());

export const AlertChannelTypeView = z
  .object({
    name: z.string(),
    title: z.string(),
    schema: Settings.meta({
      description:
        'JSON Schema of the settings. Secrets have `writeOnly`, what says where they are sent `x-destination`',
    }),
  })
  .meta({ id: 'AlertChannelType' });
export type AlertChannelTypeView = z.infer<typeof AlertChannelTypeView>;
export const AlertChannelTypePage = pageOf(AlertChannelTypeView).meta({ id: 'AlertChannelTypePage' });
export type AlertChannelTypePage = z.infer<typeof AlertChannelTypePage>;

export const AlertChannelView = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string().meta({ description: 'One of `/alert-channels/types`' }),
    enabled: z.boolean(),
    settings: Settings.meta({ description: 'Without secrets' }),
    hasSecret: z.array(z.string()).meta({ description: 'Names of the secrets that are set' }),
    groups: z.array(z.string()).meta({ description: 'Names of the alert groups that use it' }),
    lastDeliveredAt: Timestamp.nullable().meta({ description: 'When it last took an alert' }),
    lastError: z.string().nullable().meta({ description: 'What went wrong at the newest try; null: nothing' }),
    pausedUntil: Timestamp.nullable().meta({ description: 'The other side has asked for a pause until then' }),
    problem: z
      .string()
      .nullable()
      .meta({ description: 'Why its settings cannot be read here, and what to do; null: they can' }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'AlertChannel' });
export type AlertChannelView = z.infer<typeof AlertChannelView>;
export const AlertChannelPage = pageOf(AlertChannelView).meta({ id: 'AlertChannelPage' });
export type AlertChannelPage = z.infer<typeof AlertChannelPage>;

export const AlertChannelCreate = z
  .strictObject({
    name: ProjectName.refine((name) => name !== 'types', 'This name is taken by the list of channel types'),
    type: z.string().max(100),
    settings: Settings,
    enabled: z.boolean().default(true),
  })
  .meta({
    id: 'AlertChannelCreate',
    example: { name: 'ops-chat', type: 'slack', settings: { url: 'https://hooks.slack.com/services/…' } },
  });
export type AlertChannelCreate = z.input<typeof AlertChannelCreate>;

export const AlertChannelChange = z
  .strictObject({
    name: AlertChannelCreate.shape.name.optional(),
    enabled: z.boolean().optional(),
    settings: Settings.optional().meta({
      description:
        'All of them: what is left out falls back to its default. But a secret that is left out stays, and null takes it ' +
        'away; secrets must be said again when the place they are sent to changes',
    }),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'Give a name, enabled or settings')
  .meta({ id: 'AlertChannelChange', example: { enabled: false } });
export type AlertChannelChange = z.input<typeof AlertChannelChange>;

export const AlertTestAnswer = z
  .object({ id: z.string().meta({ description: 'Of the alert: `/alerts/{id}` has what the channel answered' }) })
  .meta({ id: 'AlertTestAnswer' });
export type AlertTestAnswer = z.infer<typeof AlertTestAnswer>;

const Description = z.string().max(2000);
const Kinds = z
  .array(ClusterAlertKindName)
  .max(50)
  .meta({ description: 'Alerts about the cluster itself that it is told of' });
const Channels = z.array(z.string().min(1).max(200)).max(100).meta({ description: 'Names or ids of alert channels' });

export const AlertGroupView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    kinds: Kinds,
    channels: z.array(z.object({ id: z.string(), name: z.string(), type: z.string(), enabled: z.boolean() })),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'AlertGroup' });
export type AlertGroupView = z.infer<typeof AlertGroupView>;
export const AlertGroupPage = pageOf(AlertGroupView).meta({ id: 'AlertGroupPage' });
export type AlertGroupPage = z.infer<typeof AlertGroupPage>;

export const AlertGroupCreate = z
  .strictObject({
    name: ProjectName,
    description: Description.default(''),
    kinds: Kinds.default([]),
    channels: Channels.default([]),
  })
  .meta({ id: 'AlertGroupCreate', example: { name: 'night-shift', channels: ['ops-chat'], kinds: ['worker_lost'] } });
export type AlertGroupCreate = z.input<typeof AlertGroupCreate>;

export const AlertGroupChange = z
  .strictObject({ description: Description.optional(), kinds: Kinds.optional(), channels: Channels.optional() })
  .refine(
    (change) => Object.values(change).some((value) => value !== undefined),
    'Give a description, kinds or channels',
  )
  .meta({ id: 'AlertGroupChange', example: { channels: ['ops-chat', 'ops-mail'] } });
export type AlertGroupChange = z.input<typeof AlertGroupChange>;

export const AlertGroupDeleted = z
  .object({
    id: z.string(),
    name: z.string(),
    namedBy: z
      .array(z.object({ project: z.string(), workflow: z.string() }))
      .meta({ description: 'Workflows that name it still, whose alerts reach nobody from now on; the first 20' }),
  })
  .meta({ id: 'AlertGroupDeleted' });
export type AlertGroupDeleted = z.infer<typeof AlertGroupDeleted>;
