/** Query and body of /workflows: the list that people look at, with how each workflow stands. */
import * as z from 'zod';
import { WorkflowStateName } from './instance.ts';
import { pageOf, Timestamp } from './page.ts';
import { ScheduleSummary } from './schedule-preview.ts';
import { WorkflowView } from './workflow.ts';

/** Each brings runs and schedules. */
export const MAX_LISTED_WORKFLOWS = 100;
export const LISTED_RUNS = 10;
/** Schedules of one workflow that are looked at. */
export const LISTED_SCHEDULES = 10;

const NamePrefix = z.string().trim().max(200).optional().meta({
  description: 'How names begin; small and capital letters of ASCII are the same',
});
const Online = z
  .enum(['true', 'false'])
  .optional()
  .meta({ description: 'Only online workflows, or only offline ones' });

export const WorkflowFilterQuery = z.object({ name: NamePrefix, online: Online });
export interface WorkflowFilterQuery {
  readonly name?: string | undefined;
  readonly online?: boolean | 'true' | 'false' | undefined;
}

export const WorkflowListQuery = WorkflowFilterQuery.extend({
  project: z.string().max(200).optional().meta({ description: 'Only workflows of this project, by id or by name' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_LISTED_WORKFLOWS)
    .default(50)
    .meta({ description: `How many items at most (1 to ${MAX_LISTED_WORKFLOWS})` }),
  cursor: z.string().max(1000).optional().meta({ description: '`nextCursor` of the page before' }),
});
export interface WorkflowListQuery extends WorkflowFilterQuery {
  readonly project?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export const ListedRun = z
  .object({
    id: z.string(),
    number: z.number().int().nullable(),
    state: WorkflowStateName,
    createdAt: Timestamp,
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ListedRun' });
export type ListedRun = z.infer<typeof ListedRun>;

export const ListedWorkflow = WorkflowView.extend({
  runs: z.array(ListedRun).meta({ description: `The newest ${LISTED_RUNS}, newest first` }),
  schedule: z
    .object({
      id: z.string(),
      name: z.string(),
      online: z.boolean(),
      summary: ScheduleSummary,
      nextAt: Timestamp.nullable().meta({ description: 'When it starts the workflow next; null: it does not' }),
    })
    .nullable()
    .meta({ description: 'The schedule that starts it next; where none does, the first by name' }),
  scheduleCount: z
    .number()
    .int()
    .meta({ description: `No more than ${LISTED_SCHEDULES} are counted` }),
}).meta({ id: 'ListedWorkflow' });
export type ListedWorkflow = z.infer<typeof ListedWorkflow>;

export const WorkflowList = pageOf(ListedWorkflow).meta({ id: 'WorkflowList' });
export type WorkflowList = z.infer<typeof WorkflowList>;
