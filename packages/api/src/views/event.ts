/** The record of what happened, as lists and as the live stream give it. */
import { EVENT_TYPES } from '@vaquita/core';
import * as z from 'zod';
import { pageOf, Timestamp } from './page.ts';

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
