/** Bodies of one attempt of one task, and of its log. */

import { PRIORITIES } from '@vaquita/core';
import * as z from 'zod';
import { TaskStateName } from './instance.ts';
import { pageOf, Timestamp } from './page.ts';
import { ReasonView } from './reason.ts';

const RunState = z.enum(['waiting', 'started', 'success', 'failure', 'stopped', 'paused']);

/** What is known of a task that the server does itself. Null for tasks that workers run. */
export const LogicView = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('branch'),
      chosen: z.array(z.string()).meta({ description: 'The successors that were chosen' }),
      why: z.string(),
    }),
    z.object({
      kind: z.literal('child'),
      child: z.string().nullable().meta({ description: 'The run that it started; null until there is one' }),
    }),
    z.object({
      kind: z.literal('children'),
      items: z.array(
        z.object({
          params: z.record(z.string(), z.string()),
          child: z.string().nullable(),
          state: RunState,
          outputs: z.record(z.string(), z.string()),
        }),
      ),
    }),
    z.object({
      kind: z.literal('dependent'),
      succeeded: z.array(z.object({ key: z.string(), text: z.string(), endedAt: Timestamp.nullable() })),
    }),
    z.object({
      kind: z.literal('approval'),
      decision: z.enum(['approved', 'rejected']).nullable(),
      by: z.string().nullable(),
      comment: z.string(),
    }),
    z.object({
      kind: z.literal('wait'),
      until: Timestamp.nullable(),
      signal: z.string().nullable().meta({ description: 'The name of the signal that ends it' }),
    }),
  ])
  .meta({ id: 'TaskLogic' });
export type LogicView = z.infer<typeof LogicView>;

export const ResourceUsageView = z
  .object({
    cpuMs: z.number().int().nullable().meta({ description: 'Time on all cores together, in milliseconds' }),
    maxRssBytes: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'The most memory that all of its processes were seen to hold at once' }),
  })
  .meta({ id: 'ResourceUsage' });
export type ResourceUsageView = z.infer<typeof ResourceUsageView>;

export const TaskInstanceView = z
  .object({
    id: z.string(),
    workflowInstanceId: z.string(),
    name: z.string(),
    type: z.string(),
    state: TaskStateName,
    attempt: z.number().int(),
    retryTimes: z.number().int(),
    failovers: z.number().int(),
    current: z.boolean().meta({ description: 'True for the newest attempt of its task' }),
    runCounter: z.number().int(),
    previousId: z.string().nullable(),
    workerGroup: z.string(),
    priority: z.enum(PRIORITIES),
    worker: z.string().nullable().meta({ description: 'Name of the worker that has or had it' }),
    workerId: z.string().nullable(),
    firstSubmittedAt: Timestamp,
    submittedAt: Timestamp,
    dueAt: Timestamp.nullable().meta({ description: 'Not before this moment: delay or retry interval' }),
    dispatchedAt: Timestamp.nullable(),
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
    exitCode: z.number().int().nullable(),
    signal: z.string().nullable(),
    inputs: z.record(z.string(), z.string()),
    outputs: z.record(z.string(), z.string()),
    logBytes: z.number().int(),
    killRequestedAt: Timestamp.nullable(),
    taskGroup: z.string().nullable(),
    groupPriority: z.number().int().meta({ description: 'In the queue of its task group: higher first' }),
    groupSlot: z.number().int().nullable().meta({ description: 'The slot of its task group that it holds' }),
    groupForced: z.boolean().meta({ description: 'Somebody let it go on without a slot' }),
    logic: LogicView.nullable(),
    usage: ResourceUsageView.nullable().meta({
      description: 'What it has used of its worker; null where nobody has measured it',
    }),
    reason: ReasonView.nullable(),
    updatedAt: Timestamp,
  })
  .meta({ id: 'TaskInstance' });
export type TaskInstanceView = z.infer<typeof TaskInstanceView>;

export const TaskInstancePage = pageOf(TaskInstanceView).meta({ id: 'TaskInstancePage' });
export type TaskInstancePage = z.infer<typeof TaskInstancePage>;

export const LogChunk = z
  .object({
    offset: z.number().int().meta({ description: 'Byte offset of `text` in the log' }),
    nextOffset: z.number().int().meta({ description: 'Where to go on reading' }),
    size: z.number().int().meta({ description: 'Bytes in the log now' }),
    text: z.string(),
    ended: z.boolean().meta({ description: 'True when the task has ended and `nextOffset` is the end of its log' }),
  })
  .meta({ id: 'LogChunk' });
export type LogChunk = z.infer<typeof LogChunk>;

/** The last message of a log stream. */
export const LogEnd = z.object({ state: TaskStateName, size: z.number().int() }).meta({ id: 'LogEnd' });
export type LogEnd = z.infer<typeof LogEnd>;
