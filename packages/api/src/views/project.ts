/** Bodies of /projects. */
import * as z from 'zod';
import { pageOf, Timestamp } from './page.ts';

/** Names stand in URLs and in `project/workflow#n`, so slashes, hashes and control characters are out. */
export const ProjectName = z
  .string()
  .trim()
  .min(1, 'A name is needed')
  .max(100, 'At most 100 characters')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are exactly what is refused
  .regex(/^[^/#?\u0000-\u001f\u007f]+$/, 'A name may not hold / # ? or control characters')
  .refine((name) => name !== '.' && name !== '..', 'This name cannot stand in an address')
  .refine((name) => !/^[0-9a-hjkmnp-tv-z]{26}$/.test(name), 'This name looks like an id; choose another');

export const ProjectView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'Project' });
export type ProjectView = z.infer<typeof ProjectView>;

export const ProjectPage = pageOf(ProjectView).meta({ id: 'ProjectPage' });
export type ProjectPage = z.infer<typeof ProjectPage>;

export const ProjectCreate = z
  .strictObject({ name: ProjectName, description: z.string().max(2000).default('') })
  .meta({ id: 'ProjectCreate' });
export type ProjectCreate = z.input<typeof ProjectCreate>;

export const ProjectChange = z
  .strictObject({ name: ProjectName.optional(), description: z.string().max(2000).optional() })
  .refine((change) => change.name !== undefined || change.description !== undefined, 'Give a name or a description')
  .meta({ id: 'ProjectChange' });
export type ProjectChange = z.input<typeof ProjectChange>;
