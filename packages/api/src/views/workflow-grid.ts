/** Body of …/{workflow}/grid: recent runs by tasks. */
import { RUN_ORIGINS } from '@vaquita/core';
import * as z from 'zod';
import { TaskStateName, WorkflowStateName } from './instance.ts';
import { Timestamp } from './page.ts';

export const MAX_GRID_RUNS = 100;

export const GridQuery = z.object({
  runs: z.coerce.number().int().min(1).max(MAX_GRID_RUNS).default(30).meta({
    description: 'How many runs at most; fewer come where there are very many tasks',
  }),
  cursor: z.string().max(500).optional().meta({ description: '`nextCursor` of an answer: the runs before those' }),
  run: z
    .array(z.string().max(100))
    .max(MAX_GRID_RUNS)
    .optional()
    .meta({ description: 'Only the runs with these ids, in the place of the newest; repeated or separated by commas' }),
});
export interface GridQuery {
  readonly runs?: number | undefined;
  readonly cursor?: string | undefined;
  readonly run?: readonly string[] | undefined;
}

const CellState = z.union([TaskStateName, z.enum(['blocked', 'disabled'])]);

export const GridRun = z
  .object({
    id: z.string(),
    number: z.number().int().nullable(),
    version: z.number().int(),
    state: WorkflowStateName,
    dryRun: z.boolean(),
    origin: z.enum(RUN_ORIGINS).nullable().meta({ description: 'What started it; null: a person, or another run' }),
    businessTime: Timestamp,
    createdAt: Timestamp,
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
    states: z.array(CellState.nullable()).meta({
      description:
        'By task, in the order of `tasks`; null: nothing was or is done for it. `blocked`: what it needs has failed. ' +
        '`disabled`: switched off in the version of the run',
    }),
    attempts: z.array(z.number().int()).meta({ description: 'By task; 0 where there was none' }),
    durationsMs: z.array(z.number().int().nullable()).meta({
      description: 'By task, of its newest attempt in milliseconds; null while it has not ended or never began',
    }),
  })
  .meta({ id: 'WorkflowGridRun' });
export type GridRun = z.infer<typeof GridRun>;

export const GridView = z
  .object({
    tasks: z
      .array(
        z.object({
          name: z.string(),
          type: z.string(),
          gone: z.boolean().meta({ description: 'The newest version does not have it any more' }),
        }),
      )
      .meta({ description: 'Each before those that depend on it; those that are gone come last' }),
    runs: z.array(GridRun).meta({ description: 'Newest first' }),
    nextCursor: z.string().nullable().meta({ description: 'Leads to the runs before these; null at the end' }),
  })
  .meta({ id: 'WorkflowGrid' });
export type GridView = z.infer<typeof GridView>;
