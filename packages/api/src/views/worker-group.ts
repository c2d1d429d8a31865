/** Bodies of /worker-groups. */
import { BALANCING_POLICIES, DEFAULT_BALANCING_POLICY } from '@vaquita/core';
import * as z from 'zod';
import { WorkerCounts } from './operation.ts';
import { pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';

const Description = z.string().max(2000);
const Policy = z
  .enum(BALANCING_POLICIES)
  .meta({ id: 'BalancingPolicy', description: 'How a worker is chosen among those that have a free slot' });
const WorkerName = z.string().min(1).max(128);
const WorkerNames = z
  .array(WorkerName)
  .max(2000)
  .meta({ description: 'Names of workers that are put into the group, whether they have joined yet or not' });

export const WorkerGroupView = z
  .object({
    id: z.string().nullable().meta({ description: 'Null while nobody has declared the group' }),
    name: z.string(),
    description: z.string(),
    policy: Policy,
    declared: z.boolean().meta({ description: 'False: it is there because workers or tasks name it' }),
    assigned: z.array(z.string()).meta({ description: 'Workers that were put into it' }),
    workers: WorkerCounts,
    queued: z.number().int().meta({ description: 'Tasks that wait for a worker of it' }),
    createdAt: Timestamp.nullable(),
    updatedAt: Timestamp.nullable(),
  })
  .meta({ id: 'WorkerGroup' });
export type WorkerGroupView = z.infer<typeof WorkerGroupView>;

export const WorkerGroupPage = pageOf(WorkerGroupView).meta({ id: 'WorkerGroupPage' });
export type WorkerGroupPage = z.infer<typeof WorkerGroupPage>;

export const WorkerGroupCreate = z
  .strictObject({
    name: ProjectName,
    description: Description.default(''),
    policy: Policy.default(DEFAULT_BALANCING_POLICY),
    assigned: WorkerNames.default([]),
  })
  .meta({ id: 'WorkerGroupCreate', example: { name: 'gpu', policy: 'least_loaded', assigned: ['rack-7'] } });
export type WorkerGroupCreate = z.input<typeof WorkerGroupCreate>;

export const WorkerGroupChange = z
  .strictObject({ description: Description.optional(), policy: Policy.optional(), assigned: WorkerNames.optional() })
  .refine(
    (change) => Object.values(change).some((value) => value !== undefined),
    'Give a description, policy or assigned',
  )
  .meta({ id: 'WorkerGroupChange', example: { policy: 'fixed_weighted' } });
export type WorkerGroupChange = z.input<typeof WorkerGroupChange>;
