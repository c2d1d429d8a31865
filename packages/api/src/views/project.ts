/** Bodies of /projects. */
import { checkName } from '@vaquita/core';
import * as z from 'zod';
import { pageOf, Timestamp } from './page.ts';

export const ProjectName = z
  .string()
  .trim()
  .max(100, 'A name has at most 100 characters.')
  .superRefine((name, context) => {
    const problem = checkName(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

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
