/** Bodies of /import and /export: the definitions of many workflows at once. */
import { MAX_BUNDLE_BYTES, MAX_BUNDLE_WORKFLOWS } from '@vaquita/core';
import * as z from 'zod';
import { diffShape } from './workflow.ts';

/** In one address. */
export const MAX_CHOSEN_WORKFLOWS = 200;

const Project = z.string().min(1).max(200);

export const ExportQuery = z.object({
  project: Project.meta({ description: 'By id or by name' }),
  workflow: z
    .array(z.string().max(200))
    .max(MAX_CHOSEN_WORKFLOWS, `Choose at most ${MAX_CHOSEN_WORKFLOWS} workflows, or export the whole project.`)
    .optional()
    .meta({ description: 'Only these: ids, or names without a comma. Default: all of the project' }),
  format: z.enum(['yaml', 'json']).default('yaml'),
});
export interface ExportQuery {
  readonly workflow?: readonly string[] | undefined;
  readonly format?: 'yaml' | 'json' | undefined;
}

export const ImportQuery = z.object({
  project: Project.meta({ description: 'The project that the workflows come into, by id or by name' }),
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Say what would be done, with what differs, and do nothing' }),
});

export const IMPORT_OUTCOMES = ['created', 'updated', 'unchanged', 'refused'] as const;

export const ImportItem = z
  .object({
    place: z
      .string()
      .meta({ description: 'Where it stands in the text, such as `document 2`; empty: it is all of it' }),
    name: z.string().nullable().meta({ description: 'Null: it could not be read' }),
    outcome: z.enum(IMPORT_OUTCOMES).meta({ description: 'Of a dry run: what would become of it' }),
    version: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'The version that is newest after it; null when refused' }),
    taskCount: z.number().int().nullable(),
    problems: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .meta({ description: 'Why it is refused, each wrong place' }),
    diff: z
      .object({ from: z.number().int(), ...diffShape })
      .optional()
      .meta({
        description:
          'Of a dry run: what differs from the newest version. Left out where the answer would become very large',
      }),
  })
  .meta({ id: 'ImportItem' });
export type ImportItem = z.infer<typeof ImportItem>;

export const ImportAnswer = z
  .object({
    projectName: z.string(),
    dryRun: z.boolean(),
    items: z
      .array(ImportItem)
      .meta({ description: `In the order of the text; at most ${MAX_BUNDLE_WORKFLOWS}, of ${MAX_BUNDLE_BYTES} bytes` }),
    counts: z.object({
      created: z.number().int(),
      updated: z.number().int(),
      unchanged: z.number().int(),
      refused: z.number().int(),
    }),
  })
  .meta({ id: 'ImportAnswer' });
export type ImportAnswer = z.infer<typeof ImportAnswer>;
