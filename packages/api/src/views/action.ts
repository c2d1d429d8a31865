/** Bodies of what people ask of runs and tasks: one by one, and of many runs at once. */
import * as z from 'zod';
import { RunWords, TaskStateName, WorkflowStateName } from './instance.ts';

/** How many runs one bulk call may act on. */
export const MAX_BULK = 500;

/** Actions on a run that need nothing beside the run; these can be asked of many at once. */
export const BULK_ACTIONS = ['pause', 'resume', 'stop', 'recover-failed', 'rerun', 'retry'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export const TASK_ACTIONS = ['kill', 'force-success', 'force-start', 'approve', 'reject'] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

const Name = z.string().min(1).max(200);
const Params = z.record(z.string(), z.unknown());

const Answer = z.object({
  id: z.string(),
  action: z.string(),
  operationId: z.string().meta({ description: 'How it ends is told by `/api/v1/operations/{id}`' }),
});

export const ActionAnswer = Answer.extend({
  state: z
    .union([WorkflowStateName, TaskStateName])
    .meta({ description: 'The state when the request was accepted; the leader acts on it next' }),
}).meta({ id: 'ActionAnswer' });
export type ActionAnswer = z.infer<typeof ActionAnswer>;

export const RerunFromRequest = z
  .strictObject({
    tasks: z
      .array(Name)
      .min(1, 'Name at least one task')
      .max(10_000)
      .meta({ description: 'These tasks and everything after them are made anew' }),
    params: Params.optional().meta({ description: 'Start parameters that replace those of the same name' }),
  })
  .meta({ id: 'RerunFromRequest', example: { tasks: ['load'], params: { day: '2026-03-01' } } });
export type RerunFromRequest = z.input<typeof RerunFromRequest>;

export const SignalRequest = z
  .strictObject({
    name: Name.meta({ description: 'The signal that a wait task of the run waits for' }),
    outputs: Params.optional().meta({ description: 'Become outputs of the wait task' }),
  })
  .meta({ id: 'SignalRequest', example: { name: 'files-arrived', outputs: { count: 12 } } });
export type SignalRequest = z.input<typeof SignalRequest>;

export const TaskActionRequest = z
  .strictObject({
    comment: z.string().max(2000).optional().meta({ description: 'Why; kept with the decision and in the audit log' }),
  })
  .meta({ id: 'TaskActionRequest', example: { comment: 'The figures were checked by hand.' } });
export type TaskActionRequest = z.input<typeof TaskActionRequest>;

export const BulkFilter = z
  .strictObject({
    project: z.string().optional().meta({ description: 'Id or name' }),
    workflow: z.string().optional().meta({ description: 'Id or name; needs `project`' }),
    states: z
      .array(WorkflowStateName)
      .min(1, 'Name at least one state, or leave it out')
      .optional()
      .meta({ description: 'Any of these. Left out: the runs that can do it now; `rerun` must name them' }),
    parent: z.string().optional().meta({ description: 'Runs that tasks of the run with this id started' }),
    ...RunWords,
  })
  .meta({ id: 'BulkFilter' });
export type BulkFilter = z.input<typeof BulkFilter>;

export const BulkRequest = z
  .strictObject({
    action: z.enum(BULK_ACTIONS),
    ids: z.array(z.string().min(1).max(200)).min(1, 'Name at least one run').optional(),
    filter: BulkFilter.optional(),
    dryRun: z.boolean().optional().meta({ description: 'Tells what would happen and asks for nothing' }),
    cursor: z
      .string()
      .max(500)
      .optional()
      .meta({ description: 'With a filter: `nextCursor` of the call before, to act on the runs that follow' }),
  })
  .meta({
    id: 'BulkRequest',
    example: { action: 'recover-failed', filter: { project: 'etl', states: ['failure'] }, dryRun: true },
  });
export type BulkRequest = z.input<typeof BulkRequest>;

export const BulkItem = z
  .object({
    id: z.string(),
    status: z.enum(['accepted', 'refused', 'not_found']).meta({ description: '`accepted` in a dry run: it would be' }),
    workflowName: z.string().nullable(),
    number: z.number().int().nullable(),
    state: WorkflowStateName.nullable().meta({ description: 'The state when it was looked at' }),
    reason: z.string().nullable().meta({ description: 'Why not; null when accepted' }),
    operationId: z.string().nullable(),
  })
  .meta({ id: 'BulkItem' });
export type BulkItem = z.infer<typeof BulkItem>;

export const BulkAnswer = z
  .object({
    action: z.enum(BULK_ACTIONS),
    dryRun: z.boolean(),
    items: z.array(BulkItem),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: `Set when more than ${MAX_BULK} runs match: send it as \`cursor\` to go on` }),
    detail: z.string().meta({ description: 'In one sentence, what happened and what is left to do' }),
  })
  .meta({ id: 'BulkAnswer' });
export type BulkAnswer = z.infer<typeof BulkAnswer>;

export const OperationView = z
  .object({
    id: z.string(),
    state: z.enum(['pending', 'done', 'rejected']).meta({
      description: '`rejected`: what it was asked of had changed before the leader came to it, so nothing was done',
    }),
    outcome: z.string().nullable().meta({ description: 'In a sentence; null while pending' }),
  })
  .meta({ id: 'Operation' });
export type OperationView = z.infer<typeof OperationView>;

/** How many operations are told in one answer. */
export const MAX_OPERATIONS = 100;

export const OperationList = z
  .object({ items: z.array(OperationView) })
  .meta({ id: 'OperationList', description: 'In the order of the ids; an id that no operation has is left out' });
export type OperationList = z.infer<typeof OperationList>;
