/** Bodies of runs: start, list, detail, graph. */

import {
  ALERT_CHOICES,
  FAILURE_STRATEGIES,
  PRIORITIES,
  RUN_ORIGINS,
  SCOPES,
  TASK_STATES,
  type TaskState,
  WORKFLOW_STATES,
  type WorkflowState,
} from '@vaquita/core';
import * as z from 'zod';
import { Duration, pageOf, Timestamp } from './page.ts';
import { ReasonView } from './reason.ts';

export const WorkflowStateName = z
  .enum(Object.keys(WORKFLOW_STATES) as [WorkflowState, ...WorkflowState[]])
  .meta({ id: 'WorkflowState' });
export const TaskStateName = z.enum(Object.keys(TASK_STATES) as [TaskState, ...TaskState[]]).meta({ id: 'TaskState' });

const Name = z.string().min(1).max(200);

export const StartRequest = z
  .strictObject({
    params: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'Start parameters by name; they override the defaults of the definition' }),
    startTasks: z.array(Name).max(10_000).optional(),
    scope: z.enum(SCOPES).optional().meta({ description: 'Seen from `startTasks`; without them only `all`' }),
    failureStrategy: z.enum(FAILURE_STRATEGIES).optional(),
    priority: z.enum(PRIORITIES).optional(),
    workerGroup: Name.optional().meta({ description: 'For tasks that name no worker group themselves' }),
    environment: Name.optional().meta({ description: 'Id or name; for tasks that name none themselves' }),
    alertOn: z.enum(ALERT_CHOICES).optional().meta({
      description:
        'After which ends of this run its alert group is told, in the place of what the definition says; `none` silences whatever it asks for',
    }),
    alertGroup: Name.optional().meta({
      description: 'The alert group that is told, in the place of that of the definition',
    }),
    dryRun: z.boolean().optional(),
    version: z.number().int().min(1).optional().meta({ description: 'A version other than the newest' }),
    timeout: Duration.optional().meta({ description: 'Overrides the timeout of the definition' }),
  })
  .meta({ id: 'StartRequest' });
export type StartRequest = z.input<typeof StartRequest>;

export const StartAnswer = z.object({ id: z.string(), state: WorkflowStateName }).meta({ id: 'StartAnswer' });
export type StartAnswer = z.infer<typeof StartAnswer>;

export const InstanceView = z
  .object({
    id: z.string(),
    projectId: z.string(),
    projectName: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    version: z.number().int(),
    number: z.number().int().nullable().meta({ description: 'Null until the leader has taken the run' }),
    state: WorkflowStateName,
    runCounter: z.number().int(),
    params: z.record(z.string(), z.string()),
    startTasks: z.array(z.string()),
    scope: z.enum(SCOPES),
    failureStrategy: z.enum(FAILURE_STRATEGIES),
    priority: z.enum(PRIORITIES),
    workerGroup: z.string().nullable(),
    environment: z.string().nullable(),
    dryRun: z.boolean(),
    timeout: Duration.nullable(),
    alertOn: z.enum(ALERT_CHOICES).nullable().meta({ description: 'As the start asked; null: as the definition says' }),
    alertGroup: z.string().nullable().meta({ description: 'Likewise' }),
    origin: z
      .object({ kind: z.enum(RUN_ORIGINS), id: z.string() })
      .nullable()
      .meta({
        description: 'The schedule, backfill or trigger that started it; null: a person, or a task of another run',
      }),
    timezone: z.string().nullable().meta({
      description: 'The zone its time expressions are evaluated in; null: that of the definition',
    }),
    businessTime: Timestamp,
    createdBy: z.string(),
    createdAt: Timestamp,
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
    updatedAt: Timestamp,
    queuedAt: Timestamp.nullable().meta({
      description: 'Since when it waits for its turn to run; null when it does not',
    }),
    executionSlot: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Its place among the live runs of its workflow, where those are limited' }),
    parent: z
      .object({
        workflowInstanceId: z.string(),
        taskInstanceId: z.string().nullable(),
        taskName: z.string().nullable(),
        index: z.number().int().meta({ description: 'Which of the runs of that task it is, from 0' }),
      })
      .nullable()
      .meta({ description: 'The task of another run that started this one; `?parent=` lists the runs of a run' }),
    outputs: z
      .record(z.string(), z.string())
      .meta({ description: 'What a run with a parent gives back to it; empty until it has ended' }),
    reason: ReasonView.nullable(),
    quarantine: ReasonView.nullable().meta({
      description: 'Why the engine has set the run aside; `retry` tries again, `stop` ends it',
    }),
  })
  .meta({ id: 'WorkflowInstance' });
export type InstanceView = z.infer<typeof InstanceView>;

/** How runs are narrowed beyond place and state: in their list and in what is asked of many. */
export const RunWords = {
  origin: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Only runs that the schedule, backfill or trigger with this id has started' }),
  originKind: z
    .enum(RUN_ORIGINS)
    .optional()
    .meta({ description: 'Only runs that some schedule, backfill or trigger has started' }),
  since: Timestamp.optional().meta({ description: 'Only runs created from this moment on' }),
  until: Timestamp.optional().meta({ description: 'Only runs created before this moment' }),
} as const;

export const InstancePage = pageOf(InstanceView).meta({ id: 'WorkflowInstancePage' });
export type InstancePage = z.infer<typeof InstancePage>;

/**
 * States of a graph's node that has no task instance: `pending` has not begun, `blocked` cannot begin because of what
 * ended before it, `skipped` was not chosen by a branch, `disabled` is switched off in the definition.
 */
export const NODE_STATES = ['pending', 'blocked', 'skipped', 'disabled'] as const;
export type NodeState = TaskState | (typeof NODE_STATES)[number];

export const GraphNode = z
  .object({
    name: z.string(),
    type: z.string(),
    description: z.string(),
    state: z.union([TaskStateName, z.enum(NODE_STATES)]),
    taskInstanceId: z.string().nullable().meta({ description: 'The newest attempt, when there is one' }),
    attempt: z.number().int(),
    retryTimes: z.number().int(),
    worker: z.string().nullable(),
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'GraphNode' });
export type GraphNode = z.infer<typeof GraphNode>;

export const GraphView = z
  .object({
    workflowInstanceId: z.string(),
    state: WorkflowStateName,
    nodes: z.array(GraphNode),
    edges: z.array(z.object({ from: z.string(), to: z.string() })),
  })
  .meta({ id: 'WorkflowInstanceGraph' });
export type GraphView = z.infer<typeof GraphView>;
