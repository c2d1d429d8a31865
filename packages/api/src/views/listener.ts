/** Bodies of /listener-plugins, /listener-instances and /listener-events. */
import { LISTENER_EVENT_TYPES } from '@vaquita/core';
import { LISTENER_EVENT_STATUSES } from '@vaquita/store';
import * as z from 'zod';
import { PageQuery, pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';

const Settings = z.record(z.string(), z.unknown());
const EventTypeName = z.enum(LISTENER_EVENT_TYPES).meta({ id: 'ListenerEventTypeName' });

export const ListenerPluginView = z
  .object({
    id: z.string().nullable().meta({ description: 'Null for one that comes with the server' }),
    name: z.string(),
    title: z.string(),
    version: z.string().nullable(),
    origin: z.enum(['built_in', 'package', 'uploaded']),
    packageName: z.string().nullable(),
    enabled: z.boolean().meta({ description: 'Installed code is not run before an administrator has enabled it' }),
    settingsSchema: Settings.meta({ description: 'JSON Schema of the settings of its instances' }),
    digest: z.string().nullable().meta({ description: 'SHA-256 of the code, in hex' }),
    createdBy: z.string().nullable(),
    updatedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ListenerPlugin' });
export type ListenerPluginView = z.infer<typeof ListenerPluginView>;
export const ListenerPluginPage = pageOf(ListenerPluginView).meta({ id: 'ListenerPluginPage' });
export type ListenerPluginPage = z.infer<typeof ListenerPluginPage>;

const Code = z.string().min(1).max(1_000_000).meta({ description: 'One ES module, whole' });
const PackageName = z.string().min(1).max(400).meta({ description: '`name` or `name@version`' });
const OneOf = 'Give either code or packageName';

export const ListenerPluginInstall = z
  .strictObject({
    code: Code.optional(),
    packageName: PackageName.optional(),
    enable: z.boolean().default(false).meta({ description: 'Also let it run' }),
  })
  .refine(({ code, packageName }) => (code === undefined) !== (packageName === undefined), OneOf)
  .meta({ id: 'ListenerPluginInstall', example: { packageName: 'vaquita-journal@1.2.0' } });
export type ListenerPluginInstall = z.input<typeof ListenerPluginInstall>;

export const ListenerInstanceView = z
  .object({
    id: z.string(),
    name: z.string(),
    plugin: z.string(),
    enabled: z.boolean(),
    settings: Settings.meta({ description: 'Without secrets' }),
    hasSecret: z.array(z.string()).meta({ description: 'Names of the secrets that are set' }),
    problem: z.string().nullable().meta({ description: 'Why its settings cannot be shown; null: they can' }),
    eventTypes: z.array(EventTypeName),
    project: z
      .object({ id: z.string(), name: z.string().nullable() })
      .nullable()
      .meta({ description: 'Only events of this project; null: of all, and of none' }),
    delivery: z.object({
      cursor: z.int().meta({ description: 'Everything up to here has been heard, skipped, or is not for it' }),
      waiting: z.int().meta({ description: 'Events it has yet to hear; counted up to 10,000' }),
      oldestWaitingAt: Timestamp.nullable(),
      delivered: z.int(),
      skipped: z.int(),
      lastDeliveredAt: Timestamp.nullable(),
      blocked: z
        .object({
          seq: z.int(),
          attempts: z.int(),
          reason: z.string(),
          since: Timestamp,
          nextAttemptAt: Timestamp.nullable(),
        })
        .nullable()
        .meta({ description: 'The event that failed; it hears nothing later before this one' }),
    }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'ListenerInstance' });
export type ListenerInstanceView = z.infer<typeof ListenerInstanceView>;
/** What a change answers. */
export const ListenerInstanceChanged = ListenerInstanceView.extend({
  passedOver: z.int().meta({
    description:
      'Events it did not hear while it was switched off, and does not hear any more now that it is on: as far as the record still holds them, counted up to 10,000',
  }),
}).meta({ id: 'ListenerInstanceChanged' });
export type ListenerInstanceChanged = z.infer<typeof ListenerInstanceChanged>;
export const ListenerInstancePage = pageOf(ListenerInstanceView).meta({ id: 'ListenerInstancePage' });
export type ListenerInstancePage = z.infer<typeof ListenerInstancePage>;

const EventTypes = z
  .array(EventTypeName)
  .min(1)
  .max(LISTENER_EVENT_TYPES.length)
  .refine((types) => new Set(types).size === types.length, 'Each type once')
  .meta({ description: 'What it hears of' });
const Project = z.string().min(1).max(200).nullable().meta({ description: 'Name or id; null: every project' });

export const ListenerInstanceCreate = z
  .strictObject({
    name: ProjectName,
    plugin: z.string().min(1).max(200),
    settings: Settings.default({}),
    eventTypes: EventTypes,
    project: Project.default(null),
    enabled: z.boolean().default(true),
  })
  .meta({
    id: 'ListenerInstanceCreate',
    example: {
      name: 'journal',
      plugin: 'log-file',
      settings: { file: 'journal.jsonl' },
      eventTypes: ['workflow.failed'],
    },
  });
export type ListenerInstanceCreate = z.input<typeof ListenerInstanceCreate>;

export const ListenerInstanceChange = z
  .strictObject({
    name: ProjectName.optional(),
    settings: Settings.optional().meta({
      description: 'All of them; but a secret that is left out stays, and null takes it away',
    }),
    eventTypes: EventTypes.optional(),
    project: Project.optional(),
    enabled: z.boolean().optional().meta({ description: 'Switched on, it begins with what happens from then on' }),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'Give something to change')
  .meta({ id: 'ListenerInstanceChange', example: { enabled: false } });
export type ListenerInstanceChange = z.input<typeof ListenerInstanceChange>;

export const ListenerSkip = z
  .strictObject({ seq: z.int().min(1).meta({ description: 'The event that blocks it, as `delivery.blocked` says' }) })
  .meta({ id: 'ListenerSkip', example: { seq: 4711 } });
export type ListenerSkip = z.input<typeof ListenerSkip>;

export const ListenerLogPage = pageOf(
  z.object({ at: Timestamp, level: z.enum(['info', 'warn', 'error']), text: z.string() }),
).meta({ id: 'ListenerLogPage' });
export type ListenerLogPage = z.infer<typeof ListenerLogPage>;

export const ListenerEventQuery = PageQuery.extend({
  listener: z.string().min(1).max(200).meta({ description: 'Name or id of a listener instance' }),
  status: z.enum(LISTENER_EVENT_STATUSES).default('waiting'),
});

export const ListenerEventView = z
  .object({
    id: z.string(),
    seq: z.int(),
    type: EventTypeName,
    version: z.int(),
    time: Timestamp,
    project: z.object({ id: z.string(), name: z.string() }).nullable(),
    subject: z.string(),
    data: Settings,
    failure: z
      .object({
        attempts: z.int(),
        reason: z.string(),
        firstAt: Timestamp,
        lastAt: Timestamp,
        skippedBy: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'Null: no try of it has failed' }),
  })
  .meta({ id: 'ListenerEvent' });
export type ListenerEventView = z.infer<typeof ListenerEventView>;
export const ListenerEventPage = pageOf(ListenerEventView).meta({ id: 'ListenerEventPage' });
export type ListenerEventPage = z.infer<typeof ListenerEventPage>;

export const ListenerEventTypePage = pageOf(
  z.object({ type: EventTypeName, version: z.int(), when: z.string(), schema: Settings }),
).meta({ id: 'ListenerEventTypePage' });
export type ListenerEventTypePage = z.infer<typeof ListenerEventTypePage>;
