/** Bodies of one attempt of one task, and of its log. */

import { PRIORITIES } from '@vaquita/core';
import * as z from 'zod';
import { TaskStateName } from './instance.ts';
import { pageOf, Timestamp } from './page.ts';
import { ReasonView } from './reason.ts';

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
