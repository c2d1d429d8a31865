/** Task instances across runs, as their list shows them. */
import * as z from 'zod';
import { TaskStateName } from './instance.ts';
import { PageQuery, pageOf, Timestamp } from './page.ts';
import { ReasonView } from './reason.ts';

export const TaskListQuery = PageQuery.extend({
  state: z.array(TaskStateName).optional().meta({ description: 'Any of these; repeated or separated by commas' }),
  type: z.string().optional().meta({ description: 'Such as `shell`', example: 'shell' }),
  worker: z.string().optional().meta({ description: 'Id or name of the worker that has or had it' }),
  project: z.string().optional().meta({ description: 'Id or name' }),
  workflow: z.string().optional().meta({ description: 'Id or name; needs `project`' }),
});

export const ListedTaskView = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    state: TaskStateName,
    attempt: z.number().int(),
    current: z.boolean().meta({ description: 'True for the newest attempt of its task' }),
    workerGroup: z.string(),
    worker: z.string().nullable().meta({ description: 'Name of the worker that has or had it' }),
    workerId: z.string().nullable(),
    submittedAt: Timestamp,
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
    exitCode: z.number().int().nullable(),
    reason: ReasonView.nullable(),
    run: z.object({
      id: z.string(),
      number: z.number().int().nullable(),
      projectName: z.string(),
      workflowName: z.string(),
    }),
  })
  .meta({ id: 'ListedTask' });
export type ListedTaskView = z.infer<typeof ListedTaskView>;

export const TaskListPage = pageOf(ListedTaskView).meta({ id: 'TaskListPage' });
export type TaskListPage = z.infer<typeof TaskListPage>;
