/** Bodies of /environments and /secrets. No answer has a field that could hold the value of a secret. */
import { MAX_ENVIRONMENT_VARIABLES, MAX_SECRET_BYTES } from '@vaquita/core';
import * as z from 'zod';
import { PageQuery, pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';

export const Description = z.string().max(2000);
export const Project = z.string().min(1).max(200);

/** Whose a name is meant to be; of two of one name, that of the project. */
export const ScopeQuery = z.object({
  project: Project.optional().meta({ description: 'Id or name: what this project means by the name' }),
});
export interface ScopeQuery {
  readonly project?: string | undefined;
}

export const ScopedPageQuery = PageQuery.extend({
  project: Project.optional().meta({ description: 'Id or name: only what this project can use' }),
});
export type ScopedPageQuery = PageQuery & ScopeQuery;

export const EnvironmentVariableView = z
  .object({
    name: z.string(),
    value: z.string().nullable().meta({ description: 'Everybody who may look sees it; null: that of the secret' }),
    secret: z.string().nullable().meta({ description: 'Name of a secret, whose value nobody is shown' }),
  })
  .meta({ id: 'EnvironmentVariable' });
export type EnvironmentVariableView = z.infer<typeof EnvironmentVariableView>;

const VariableInput = z
  .strictObject({
    name: z.string(),
    value: z.string().nullable().default(null),
    secret: z.string().min(1).max(200).nullable().default(null),
  })
  .meta({ id: 'EnvironmentVariableInput', description: 'Either `value` or `secret`' });

export const EnvironmentView = z
  .object({
    id: z.string(),
    name: z.string(),
    project: z.string().nullable().meta({ description: 'By name; null: for all projects' }),
    description: z.string(),
    variables: z.array(EnvironmentVariableView),
    revision: z.number().int(),
    createdBy: z.string(),
    createdAt: Timestamp,
    updatedBy: z.string(),
    updatedAt: Timestamp,
  })
  .meta({ id: 'Environment' });
export type EnvironmentView = z.infer<typeof EnvironmentView>;
export const EnvironmentPage = pageOf(EnvironmentView).meta({ id: 'EnvironmentPage' });
export type EnvironmentPage = z.infer<typeof EnvironmentPage>;

const NamedUse = z.object({ project: z.string(), workflow: z.string(), id: z.string(), name: z.string() });

export const EnvironmentDetail = EnvironmentView.extend({
  usedBy: z
    .object({
      workflows: z
        .array(z.object({ project: z.string(), workflow: z.string() }))
        .meta({ description: 'The first 20 whose newest version names it' }),
      schedules: z.array(NamedUse).meta({ description: 'The first 20' }),
      triggers: z.array(NamedUse).meta({ description: 'The first 20' }),
      backfills: z.number().int().meta({ description: 'That have not ended' }),
      runs: z.number().int().meta({ description: 'That have not ended' }),
    })
    .meta({ description: 'It cannot be deleted or renamed while there are any' }),
}).meta({ id: 'EnvironmentDetail' });
export type EnvironmentDetail = z.infer<typeof EnvironmentDetail>;

const Variables = z
  .array(VariableInput)
  .meta({ description: `All of them; at most ${MAX_ENVIRONMENT_VARIABLES}, each name once` });

export const EnvironmentCreate = z
  .strictObject({
    name: ProjectName,
    project: Project.nullable().default(null).meta({ description: 'Id or name; null: for all projects' }),
    description: Description.default(''),
    variables: Variables.default([]),
  })
  .meta({
    id: 'EnvironmentCreate',
    example: {
      name: 'production',
      variables: [
        { name: 'REGION', value: 'eu' },
        { name: 'DB_PASSWORD', secret: 'warehouse password' },
      ],
    },
  });
export type EnvironmentCreate = z.input<typeof EnvironmentCreate>;

export const EnvironmentChange = z
  .strictObject({
    name: ProjectName.optional(),
    description: Description.optional(),
    variables: Variables.optional(),
    revision: z.number().int().optional().meta({
      description:
        'That of the environment as it was read; the header If-Match says the same. Left out: whatever it is',
    }),
  })
  .refine(
    ({ revision: _, ...change }) => Object.values(change).some((value) => value !== undefined),
    'Give a name, a description or variables',
  )
  .meta({ id: 'EnvironmentChange', example: { description: 'What runs for customers', revision: 2 } });
export type EnvironmentChange = z.input<typeof EnvironmentChange>;

export const SecretView = z
  .object({
    id: z.string(),
    name: z.string(),
    project: z.string().nullable().meta({ description: 'By name; null: for all projects' }),
    description: z.string(),
    createdBy: z.string(),
    createdAt: Timestamp,
    updatedBy: z.string(),
    updatedAt: Timestamp,
  })
  .meta({ id: 'Secret', description: 'A secret without its value, which no endpoint answers' });
export type SecretView = z.infer<typeof SecretView>;
export const SecretPage = pageOf(SecretView).meta({ id: 'SecretPage' });
export type SecretPage = z.infer<typeof SecretPage>;

const SecretUse = z.object({ id: z.string(), name: z.string(), project: z.string().nullable() });

export const SecretDetail = SecretView.extend({
  usedBy: z.array(SecretUse).meta({ description: 'The first 20 environments whose variables get their value from it' }),
  usedByDataSources: z.array(SecretUse).meta({ description: 'The first 20 data sources that need it' }),
}).meta({ id: 'SecretDetail' });
export type SecretDetail = z.infer<typeof SecretDetail>;

const Value = z
  .string()
  .meta({ description: `At most ${MAX_SECRET_BYTES} bytes. Never answered again`, writeOnly: true });

export const SecretCreate = z
  .strictObject({
    name: ProjectName,
    project: Project.nullable().default(null).meta({ description: 'Id or name; null: for all projects' }),
    description: Description.default(''),
    value: Value,
  })
  .meta({ id: 'SecretCreate', example: { name: 'warehouse password', value: 'correct horse battery staple' } });
export type SecretCreate = z.input<typeof SecretCreate>;

export const SecretChange = z
  .strictObject({ description: Description.optional(), value: Value.optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'Give a description or a value')
  .meta({ id: 'SecretChange', example: { value: 'a new one' } });
export type SecretChange = z.input<typeof SecretChange>;
