/** Bodies of …/dependencies: which workflows start or wait for which others. */
import * as z from 'zod';
import { WorkflowStateName } from './instance.ts';
import { Timestamp } from './page.ts';

export const MAX_DEPENDENCY_DEPTH = 10;
export const MAX_DEPENDENCY_WORKFLOWS = 500;

export const DependencyQuery = z.object({
  depth: z.coerce.number().int().min(1).max(MAX_DEPENDENCY_DEPTH).default(2).meta({
    description: 'How many links away from the workflow, each way',
  }),
});
export interface DependencyQuery {
  readonly depth?: number | undefined;
}

export const DependencyNode = z
  .object({
    key: z.string().meta({ description: 'What links call it: its id, or `project/workflow` of one that is not there' }),
    id: z.string().nullable().meta({ description: 'Null: something names it, and it is not there' }),
    name: z.string(),
    projectName: z.string(),
    online: z.boolean(),
    newestRun: z
      .object({ id: z.string(), number: z.number().int().nullable(), state: WorkflowStateName, createdAt: Timestamp })
      .nullable(),
  })
  .meta({ id: 'DependencyNode' });
export type DependencyNode = z.infer<typeof DependencyNode>;

export const DependencyLink = z
  .object({
    from: z
      .string()
      .meta({ description: 'The workflow that comes first: that is waited for, or that starts the other' }),
    to: z.string().meta({ description: 'The one that waits, or that is started' }),
    kind: z.enum(['dependent', 'sub_workflow', 'dynamic', 'after_workflow']).meta({
      description: 'By the type of the task that says so; `after_workflow`: a trigger says so',
    }),
    task: z.string().nullable().meta({ description: 'The task that says so: of `to` for `dependent`, else of `from`' }),
    trigger: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .meta({ description: 'The trigger of `to` that says so' }),
    enabled: z.boolean().meta({ description: 'False: the task is passed over, or the trigger is offline' }),
    ofTask: z.string().nullable().meta({ description: 'The task that is waited for; null: the run as a whole' }),
    range: z.string().nullable().meta({
      description: 'Which runs are waited for, such as `today`; of a trigger after which ends: success, failure, end',
    }),
  })
  .meta({ id: 'DependencyLink' });
export type DependencyLink = z.infer<typeof DependencyLink>;

export const DependencyView = z
  .object({
    nodes: z.array(DependencyNode),
    links: z.array(DependencyLink),
    cutShort: z.boolean().meta({
      description: `There is more: at most ${MAX_DEPENDENCY_WORKFLOWS} workflows come in one answer, the nearest of them`,
    }),
  })
  .meta({ id: 'Dependencies' });
export type DependencyView = z.infer<typeof DependencyView>;
