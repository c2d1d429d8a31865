/** Bodies of /projects. */
import { checkName, PARAM_TYPES, type ParamType } from '@vaquita/core';
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

export const ProjectParam = z
  .object({
    name: z.string(),
    type: z.enum(PARAM_TYPES),
    value: z.string().meta({ description: 'May hold placeholders' }),
    description: z.string().optional(),
  })
  .meta({ id: 'ProjectParam' });
export type ProjectParam = z.infer<typeof ProjectParam>;

export const ProjectView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    params: z
      .array(ProjectParam)
      .meta({ description: 'What the tasks of its workflows can read, below the parameters of the workflow' }),
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
  .strictObject({
    name: ProjectName.optional(),
    description: z.string().max(2000).optional(),
    params: z
      .array(z.unknown())
      .max(1000)
      .optional()
      .meta({ description: 'All of them, as in a workflow: `{ name, type?, value, description? }`' }),
  })
  .refine(
    (change) => Object.values(change).some((value) => value !== undefined),
    'Give a name, a description or params',
  )
  .meta({
    id: 'ProjectChange',
    example: { params: [{ name: 'bucket', type: 'string', value: 'orders' }] },
  });
/** `params` are checked as those of a workflow are, so values may be numbers, booleans or lists too. */
export type ProjectChange = {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly params?: readonly ProjectParamInput[] | undefined;
};
export interface ProjectParamInput {
  readonly name: string;
  readonly type?: ParamType | undefined;
  readonly value: unknown;
  readonly description?: string | undefined;
}
