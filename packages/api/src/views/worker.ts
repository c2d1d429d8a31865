/** Bodies of /workers. */
import * as z from 'zod';
import { Duration, PageQuery, pageOf, Timestamp } from './page.ts';

const WorkerWarning = z
  .object({ code: z.enum(['overloaded', 'clock_skew', 'slow', 'disk_full', 'results_wait']), text: z.string() })
  .meta({ id: 'WorkerWarning' });
export type WorkerWarning = z.infer<typeof WorkerWarning>;

const WorkerDecisionView = z
  .object({
    availability: z.enum(['available', 'draining', 'evicted']),
    by: z.string(),
    at: Timestamp,
    reason: z.string(),
  })
  .meta({ id: 'WorkerDecision' });

export const WorkerView = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(['online', 'offline', 'draining']),
    groups: z.array(z.string()).meta({ description: 'All of them: those it names itself, and those it was put into' }),
    assignedGroups: z.array(z.string()).meta({ description: 'Those of them that it was put into' }),
    labels: z.record(z.string(), z.string()),
    slots: z.number().int(),
    weight: z.number().meta({ description: 'For groups that balance by weight' }),
    slotsUsed: z.number().int().nullable().meta({ description: 'By the newest heartbeat; null when offline' }),
    agentVersion: z.string(),
    runtime: z.string(),
    host: z.string(),
    taskTypes: z.array(z.string()),
    sessionTimeout: Duration,
    connectedAt: Timestamp.nullable(),
    lastHeartbeatAt: Timestamp.nullable(),
    stats: z.record(z.string(), z.number()).meta({
      description:
        'Of the newest heartbeat: `cpu`, `memory`, `disk` (0 to 1), `load`, `loopLagMs`, `roundTripMs`, `slotsUsed`, `unsent` ' +
        '(results not acknowledged) and, when it is far off, `clockSkewMs`. While it is overloaded, and takes nothing new, the ' +
        'limits that it has passed: `overCpu`, `overMemory` (0 to 1), `overDisk` (bytes that have to be free). What is not known is not there',
    }),
    warnings: z.array(WorkerWarning),
    own: z
      .object({ slots: z.number().int(), labels: z.record(z.string(), z.string()), weight: z.number() })
      .meta({ description: 'What it was started with, which people may have changed' }),
    logLevel: z
      .enum(['debug', 'info', 'warn', 'error'])
      .nullable()
      .meta({ description: 'Null: the one it was started with' }),
    decision: WorkerDecisionView.nullable().meta({ description: 'Null: it may work, and nobody has said otherwise' }),
    updatedAt: Timestamp,
  })
  .meta({ id: 'Worker' });
export type WorkerView = z.infer<typeof WorkerView>;

export const WorkerPage = pageOf(WorkerView).meta({ id: 'WorkerPage' });
export type WorkerPage = z.infer<typeof WorkerPage>;

export const WorkerQuery = PageQuery.extend({
  group: z.string().max(200).optional().meta({ description: 'Only workers of this worker group' }),
});
export interface WorkerQuery extends PageQuery {
  readonly group?: string | undefined;
}
