/** Bodies of /task-groups. */
import * as z from 'zod';
import { TaskStateName } from './instance.ts';
import { pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';
import { ReasonView } from './reason.ts';

const Description = z.string().max(2000);
const Size = z
  .number()
  .int()
  .min(1, 'A group has at least one slot; close it to let nothing start')
  .max(100_000)
  .meta({ description: 'How many of its tasks may run at once' });
const Open = z.boolean().meta({ description: 'A closed group gives out no slots; tasks that hold one keep it' });

export const TaskGroupView = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    size: z.number().int(),
    open: z.boolean(),
    held: z.number().int().meta({ description: 'Slots in use now' }),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  })
  .meta({ id: 'TaskGroup' });
export type TaskGroupView = z.infer<typeof TaskGroupView>;

export const TaskGroupPage = pageOf(TaskGroupView).meta({ id: 'TaskGroupPage' });
export type TaskGroupPage = z.infer<typeof TaskGroupPage>;

export const TaskGroupCreate = z
  .strictObject({
    name: ProjectName,
    description: Description.default(''),
    size: Size,
    open: Open.default(true),
  })
  .meta({ id: 'TaskGroupCreate', example: { name: 'warehouse-writes', size: 2 } });
export type TaskGroupCreate = z.input<typeof TaskGroupCreate>;

export const TaskGroupChange = z
  .strictObject({ description: Description.optional(), size: Size.optional(), open: Open.optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'Give a description, size or open')
  .meta({ id: 'TaskGroupChange', example: { size: 4 } });
export type TaskGroupChange = z.input<typeof TaskGroupChange>;

export const TaskGroupMember = z
  .object({
    taskInstanceId: z.string(),
    taskName: z.string(),
    state: TaskStateName,
    workflowInstanceId: z.string(),
    workflowName: z.string(),
    number: z.number().int().nullable(),
    slot: z.number().int().nullable().meta({ description: 'Null while it waits, or runs without one' }),
    forced: z.boolean().meta({ description: 'Somebody let it go on without a slot' }),
    priority: z.number().int().meta({ description: 'In the queue of the group: higher first' }),
    since: Timestamp.meta({ description: 'When the task was first submitted' }),
    reason: ReasonView.nullable(),
  })
  .meta({ id: 'TaskGroupMember' });
export type TaskGroupMember = z.infer<typeof TaskGroupMember>;

export const TaskGroupMemberPage = pageOf(TaskGroupMember).meta({ id: 'TaskGroupMemberPage' });
export type TaskGroupMemberPage = z.infer<typeof TaskGroupMemberPage>;
