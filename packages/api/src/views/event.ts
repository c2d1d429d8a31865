/** The record of what happened, as lists and as the live stream give it. */
import type { EventType } from '@vaquita/core';
import * as z from 'zod';
import { pageOf, Timestamp } from './page.ts';

const EVENT_TYPES = [
  'workflow_instance.created',
  'workflow_instance.state',
  'workflow_instance.reason',
  'workflow_instance.params',
  'task_instance.created',
  'task_instance.state',
  'task_instance.reason',
  'task_instance.superseded',
  'task_instance.warning',
  'task.passed_over',
  'task_group.changed',
  'worker_group.changed',
  'backfill.changed',
  'workflow.added',
  'workflow.updated',
  'workflow.removed',
  'task.added',
  'task.updated',
  'task.removed',
  'worker.state',
  'worker.changed',
  'engine.mended',
  'worker.fault',
  'server.lost',
] as const satisfies readonly EventType[];

export const EventView = z
  .object({
    seq: z.number().int().meta({ description: 'Grows with every event; the id of the stream' }),
    type: z.enum(EVENT_TYPES),
    at: Timestamp,
    projectId: z.string().nullable().meta({ description: 'Null for what is of no project, such as a worker' }),
    workflowInstanceId: z.string().nullable(),
    taskInstanceId: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof EventView>;

export const EventPage = pageOf(EventView).meta({ id: 'EventPage' });
export type EventPage = z.infer<typeof EventPage>;
