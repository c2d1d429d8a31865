/** Bodies of /workers. */
import * as z from 'zod';
import { Duration, pageOf, Timestamp } from './page.ts';

export const WorkerView = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(['online', 'offline', 'draining']),
    groups: z.array(z.string()),
    labels: z.record(z.string(), z.string()),
    slots: z.number().int(),
    slotsUsed: z.number().int().nullable().meta({ description: 'By the newest heartbeat; null when offline' }),
    agentVersion: z.string(),
    runtime: z.string(),
    host: z.string(),
    taskTypes: z.array(z.string()),
    sessionTimeout: Duration,
    connectedAt: Timestamp.nullable(),
    lastHeartbeatAt: Timestamp.nullable(),
    stats: z.record(z.string(), z.number()),
    updatedAt: Timestamp,
  })
  .meta({ id: 'Worker' });
export type WorkerView = z.infer<typeof WorkerView>;

export const WorkerPage = pageOf(WorkerView).meta({ id: 'WorkerPage' });
export type WorkerPage = z.infer<typeof WorkerPage>;
