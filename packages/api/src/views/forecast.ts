/** Bodies of /forecast: what schedules will run, and what it will take. */
import * as z from 'zod';
import { Timestamp } from './page.ts';

export const MAX_FORECAST_DAYS = 31;

export const ForecastQuery = z.object({
  days: z.coerce.number().int().min(1).max(MAX_FORECAST_DAYS).default(7).meta({ description: 'How far it looks' }),
  project: z.string().optional().meta({ description: 'Id or name: of its schedules only' }),
  next: z.coerce
    .number()
    .int()
    .min(0)
    .max(500)
    .default(20)
    .meta({ description: 'How many of the next runs are listed' }),
});
export interface ForecastQuery {
  readonly days?: number | undefined;
  readonly project?: string | undefined;
  readonly next?: number | undefined;
}

const ByHour = z.object({
  runs: z.array(z.number()).meta({ description: 'Runs that begin, by hour' }),
  slotSeconds: z.array(z.number()).meta({ description: 'Seconds for which slots of workers are in use, by hour' }),
});

const Sum = z.object({ runs: z.number().int(), slotSeconds: z.number() });

export const ForecastRun = z
  .object({
    at: Timestamp,
    actAt: Timestamp,
    scheduleId: z.string(),
    scheduleName: z.string(),
    projectId: z.string(),
    projectName: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    seconds: z.number().nullable().meta({ description: 'How long it is likely to take; null: nothing is known of it' }),
  })
  .meta({ id: 'ForecastRun' });
export type ForecastRun = z.infer<typeof ForecastRun>;

export const ForecastView = z
  .object({
    from: Timestamp.meta({ description: 'The begin of the first hour' }),
    until: Timestamp.meta({ description: 'The end of the last hour' }),
    cutShort: z
      .string()
      .nullable()
      .meta({ description: 'Why it looks less far than was asked, in a sentence; null: it does not' }),
    hours: z.number().int().meta({ description: 'The length of each list by hour' }),
    total: Sum.extend({
      skipped: z.number().int().meta({ description: 'Fire times that calendars or pauses leave out' }),
      unknown: z.number().int().meta({ description: 'Runs of workflows of which nothing is known' }),
    }),
    byHour: ByHour,
    projects: z.array(Sum.extend({ id: z.string(), name: z.string(), byHour: ByHour })),
    workerGroups: z.array(
      Sum.extend({
        name: z.string(),
        slots: z.number().int().meta({ description: 'Slots that its workers have now; 0: there is no worker' }),
        byHour: ByHour,
      }),
    ),
    withoutHistory: z
      .array(
        z.object({
          projectId: z.string(),
          projectName: z.string(),
          workflowId: z.string(),
          workflowName: z.string(),
          runs: z.number().int(),
        }),
      )
      .meta({
        description: 'Workflows that have not succeeded yet: their runs are counted, what they take is not known',
      }),
    next: z.array(ForecastRun),
  })
  .meta({ id: 'Forecast' });
export type ForecastView = z.infer<typeof ForecastView>;
