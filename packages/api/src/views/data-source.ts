/** Bodies of /data-sources. Secrets are named; no answer has a field that could hold the value of one. */
import * as z from 'zod';
import { Description, Project } from './environment.ts';
import { pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';

const Settings = z.record(z.string(), z.unknown());
const Secrets = z.record(z.string(), z.string().min(1).max(200));

export const DataSourceKindView = z
  .object({
    kind: z.string(),
    title: z.string(),
    description: z.string(),
    taskType: z.string().meta({ description: 'The type of tasks that can name one' }),
    schema: Settings.meta({ description: 'JSON Schema of the settings' }),
    secrets: z
      .array(z.object({ name: z.string(), description: z.string() }))
      .meta({ description: 'What it can take from secrets' }),
  })
  .meta({ id: 'DataSourceKind' });
export type DataSourceKindView = z.infer<typeof DataSourceKindView>;
export const DataSourceKindPage = pageOf(DataSourceKindView).meta({ id: 'DataSourceKindPage' });
export type DataSourceKindPage = z.infer<typeof DataSourceKindPage>;

export const DataSourceView = z
  .object({
    id: z.string(),
    name: z.string(),
    project: z.string().nullable().meta({ description: 'By name; null: for all projects' }),
    description: z.string(),
    kind: z.string(),
    settings: Settings.meta({ description: 'Everybody who may look sees them' }),
    secrets: Secrets.meta({ description: 'Names of secrets, by what they are for' }),
    revision: z.number().int(),
    createdBy: z.string(),
    createdAt: Timestamp,
    updatedBy: z.string(),
    updatedAt: Timestamp,
  })
  .meta({ id: 'DataSource' });
export type DataSourceView = z.infer<typeof DataSourceView>;
export const DataSourcePage = pageOf(DataSourceView).meta({ id: 'DataSourcePage' });
export type DataSourcePage = z.infer<typeof DataSourcePage>;

export const DataSourceDetail = DataSourceView.extend({
  usedBy: z
    .object({
      workflows: z
        .array(z.object({ project: z.string(), workflow: z.string() }))
        .meta({ description: 'The first 20 whose newest version has tasks that name it' }),
      runs: z.number().int().meta({ description: 'Of any version that names it, and that have not ended' }),
    })
    .meta({ description: 'It cannot be deleted or renamed while there are any' }),
}).meta({ id: 'DataSourceDetail' });
export type DataSourceDetail = z.infer<typeof DataSourceDetail>;

export const DataSourceCreate = z
  .strictObject({
    name: ProjectName,
    project: Project.nullable().default(null).meta({ description: 'Id or name; null: for all projects' }),
    description: Description.default(''),
    kind: z.string().min(1).max(100).meta({ description: 'See /data-sources/kinds' }),
    settings: Settings,
    secrets: Secrets.default({}),
  })
  .meta({
    id: 'DataSourceCreate',
    example: {
      name: 'warehouse',
      kind: 'libsql',
      settings: { address: 'libsql://warehouse.example' },
      secrets: { token: 'warehouse token' },
    },
  });
export type DataSourceCreate = z.input<typeof DataSourceCreate>;

export const DataSourceChange = z
  .strictObject({
    name: ProjectName.optional(),
    description: Description.optional(),
    settings: Settings.optional().meta({ description: 'All of them' }),
    secrets: Secrets.optional().meta({ description: 'All of them' }),
    revision: z.number().int().optional().meta({
      description:
        'That of the data source as it was read; the header If-Match says the same. Left out: whatever it is',
    }),
  })
  .refine(
    ({ revision: _, ...change }) => Object.values(change).some((value) => value !== undefined),
    'Give a name, a description, settings or secrets',
  )
  .meta({ id: 'DataSourceChange', example: { settings: { address: 'libsql://new.example' }, revision: 2 } });
export type DataSourceChange = z.input<typeof DataSourceChange>;

export const DataSourceTest = z
  .strictObject({
    workerGroup: z
      .string()
      .min(1)
      .max(200)
      .default('default')
      .meta({ description: 'Whose workers look for a file; all else is asked by the server' }),
  })
  .meta({ id: 'DataSourceTest', example: { workerGroup: 'default' } });
export type DataSourceTest = z.input<typeof DataSourceTest>;

export const DATA_SOURCE_OUTCOMES = [
  'reached',
  'not_there',
  'not_allowed',
  'refused',
  'timeout',
  'unreachable',
  'unexpected',
  'nobody',
  'unusable',
] as const;

export const DataSourceTestAnswer = z
  .object({
    outcome: z.enum(DATA_SOURCE_OUTCOMES).meta({
      description:
        '`reached`: as it should be. `not_there`: workers do not see the file. `not_allowed`: who asks is refused. `refused`: the operator of this server does not let it connect there. `unexpected`: something else answers. `nobody`: there is no worker to look. `unusable`: a secret is missing or no good',
    }),
    message: z.string().meta({ description: 'What happened, in sentences, without any secret' }),
    asked: z.enum(['server', 'workers']).meta({ description: 'Who tried' }),
  })
  .meta({ id: 'DataSourceTestAnswer' });
export type DataSourceTestAnswer = z.infer<typeof DataSourceTestAnswer>;
