/** Bodies an operator reads: cluster, overview, audit, task types, health. */

import { WORKFLOW_STATES, type WorkflowState } from '@vaquita/core';
import * as z from 'zod';
import { InstanceView, WorkflowStateName } from './instance.ts';
import { Duration, PageQuery, pageOf, Timestamp } from './page.ts';

const Count = z.number().int();

export const WorkerCounts = z
  .object({ online: Count, draining: Count, offline: Count, slots: Count, slotsUsed: Count })
  .meta({ id: 'WorkerCounts', description: 'Slots are those of workers that are online' });
export type WorkerCounts = z.infer<typeof WorkerCounts>;

export const ServerView = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z
      .string()
      .nullable()
      .meta({ description: 'Where workers and other servers reach it, as it says; null: it does not say' }),
    version: z.string(),
    startedAt: Timestamp,
    answering: z.boolean().meta({ description: 'The server that answers this request' }),
    leader: z.boolean(),
    epoch: z.number().int().nullable().meta({ description: 'The number of its term while it leads' }),
    leaseLeft: Duration.nullable().meta({
      description:
        'How long it counts as alive, and leads if it does, should nothing more be heard of it; null: no longer',
    }),
    clockAheadMs: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'By how much its clock is ahead of that of the database; null: it has not said' }),
    workers: Count.meta({ description: 'Workers that are connected to it: they all are to the one that leads' }),
  })
  .meta({ id: 'Server' });
export type ServerView = z.infer<typeof ServerView>;

export const ClusterView = z
  .object({
    version: z.string(),
    server: z.object({ role: z.enum(['leader', 'follower']) }),
    leader: z.object({ name: z.string(), epoch: z.number().int() }).nullable(),
    queues: z.object({ commands: Count.meta({ description: 'Commands the leader has not carried out yet' }) }),
    workers: WorkerCounts,
    latestEventSeq: Count,
    servers: z
      .array(ServerView)
      .nullable()
      .meta({ description: 'Those that share the database, the oldest first. For administrators; null for others' }),
  })
  .meta({ id: 'Cluster' });
export type ClusterView = z.infer<typeof ClusterView>;

/** How many runs are counted by spans. */
export const MAX_COUNTED = 200_000;
export const MAX_SET_ASIDE = 20;

const states = Object.keys(WORKFLOW_STATES) as WorkflowState[];

export const OverviewView = z
  .object({
    since: Timestamp,
    instances: z
      .object(Object.fromEntries(states.map((state) => [state, Count])) as Record<WorkflowState, typeof Count>)
      .meta({ description: 'Runs created since then, by state' }),
    workers: WorkerCounts,
    pendingCommands: Count,
    perSpan: z
      .object({
        every: Duration.meta({ description: 'How long a span is: `5m` up to two hours back, `1h` up to a week' }),
        items: z
          .array(z.object({ at: Timestamp, state: WorkflowStateName, count: Count }))
          .meta({ description: 'Oldest first; what there is none of is left out' }),
        from: Timestamp.nullable().meta({
          description: `Set where more than ${MAX_COUNTED} runs were created: only the newest are counted, from this moment on`,
        }),
      })
      .nullable()
      .meta({ description: 'The same runs by when they were created; null further back than a week' }),
    setAside: z.array(InstanceView).meta({
      description: `Runs that the engine has set aside, whenever they were created: the newest ${MAX_SET_ASIDE}`,
    }),
  })
  .meta({ id: 'Overview' });
export type OverviewView = z.infer<typeof OverviewView>;

export const AuditView = z
  .object({
    id: z.string(),
    at: Timestamp,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });
export type AuditView = z.infer<typeof AuditView>;

const AuditWord = z.string().min(1).max(500).optional();
export const AuditQuery = PageQuery.extend({
  subject: AuditWord.meta({ description: 'Only what was done with this one' }),
  actor: AuditWord.meta({ description: 'Only what this one has done' }),
  action: AuditWord.meta({ description: 'Only this, such as `workflow.update`' }),
  since: Timestamp.optional().meta({ description: 'Only from this moment on' }),
  until: Timestamp.optional().meta({ description: 'Only before this moment' }),
});
export type AuditQuery = z.input<typeof AuditQuery>;

export const AuditWordsView = z
  .object({ actors: z.array(z.string()), actions: z.array(z.string()) })
  .meta({ id: 'AuditWords', description: 'In alphabetical order, at most 500 of each' });
export type AuditWordsView = z.infer<typeof AuditWordsView>;

export const AuditPage = pageOf(AuditView).meta({ id: 'AuditPage' });
export type AuditPage = z.infer<typeof AuditPage>;

export const TaskTypeView = z
  .object({
    type: z.string(),
    description: z.string(),
    settings: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema of the settings of this type' }),
  })
  .meta({ id: 'TaskType' });
export type TaskTypeView = z.infer<typeof TaskTypeView>;

export const TaskTypePage = pageOf(TaskTypeView).meta({ id: 'TaskTypePage' });
export type TaskTypePage = z.infer<typeof TaskTypePage>;

export const HealthView = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });
export type HealthView = z.infer<typeof HealthView>;

export const ReadyView = z
  .object({
    status: z.enum(['ready', 'not_ready']),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Ready' });
export type ReadyView = z.infer<typeof ReadyView>;
