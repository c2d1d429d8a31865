/** A run as it was at a past moment. */
import * as z from 'zod';
import { NODE_STATES, TaskStateName, WorkflowStateName } from './instance.ts';
import { Timestamp } from './page.ts';
import { ReasonView } from './reason.ts';

export const MomentQuery = z.object({
  seq: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .meta({ description: 'After this event; numbers as in the list of events' }),
  time: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'At this time (ISO 8601)', example: '2026-03-01T08:30:00.000Z' }),
});
export interface MomentQuery {
  readonly seq?: number | undefined;
  readonly time?: string | undefined;
}

export const TaskAt = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.string().nullable(),
    attempt: z.number().int(),
    state: TaskStateName,
    since: Timestamp.meta({ description: 'When it came into this state' }),
    current: z.boolean().meta({ description: 'True for what was the newest attempt of its task' }),
    worker: z.string().nullable(),
    reason: ReasonView.nullable(),
  })
  .meta({ id: 'TaskInstanceAt' });
export type TaskAt = z.infer<typeof TaskAt>;

export const NodeAt = z
  .object({
    name: z.string(),
    state: z.union([TaskStateName, z.enum(NODE_STATES)]),
    since: Timestamp.nullable(),
    taskInstanceId: z.string().nullable(),
    attempt: z.number().int(),
    worker: z.string().nullable(),
  })
  .meta({ id: 'GraphNodeAt' });
export type NodeAt = z.infer<typeof NodeAt>;

const Neighbour = z
  .object({ id: z.string(), number: z.number().int().nullable(), state: WorkflowStateName })
  .nullable();

export const NeighboursView = z
  .object({
    previous: Neighbour.meta({ description: 'The run that was filed before it; null: it is the first that is kept' }),
    next: Neighbour.meta({ description: 'The one that was filed after it; null: it is the newest' }),
  })
  .meta({ id: 'WorkflowInstanceNeighbours' });
export type NeighboursView = z.infer<typeof NeighboursView>;

export const RunAtView = z
  .object({
    id: z.string(),
    seq: z.number().int().meta({ description: 'The last event that had happened' }),
    at: Timestamp.meta({ description: 'When that was' }),
    firstSeq: z.number().int().meta({ description: 'The first event of the run' }),
    lastSeq: z.number().int().meta({ description: 'Its last event so far' }),
    state: WorkflowStateName,
    since: Timestamp.meta({ description: 'When it came into this state' }),
    runCounter: z.number().int(),
    params: z.record(z.string(), z.string()),
    reason: ReasonView.nullable(),
    quarantine: ReasonView.nullable(),
    tasks: z.array(TaskAt).meta({ description: 'Every task instance there was, in order of creation' }),
    nodes: z
      .array(NodeAt)
      .nullable()
      .meta({ description: 'Each task of the graph; the edges are those of `/graph`. Null: the workflow was deleted' }),
  })
  .meta({ id: 'WorkflowInstanceAt' });
export type RunAtView = z.infer<typeof RunAtView>;
