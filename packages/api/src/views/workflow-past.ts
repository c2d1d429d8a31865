/** Bodies of …/{workflow}/calendar and …/statistics: what the past of a workflow comes to. */
import * as z from 'zod';
import { WorkflowStateName } from './instance.ts';
import { PageQuery, pageOf, Timestamp } from './page.ts';

export const MAX_CALENDAR_DAYS = 372;
export const MAX_STATISTICS_DAYS = 366;
export const MAX_STATISTICS_RUNS = 500;

const Day = z.iso.date().meta({ description: 'A day such as 2026-03-01' });
const Zone = z
  .string()
  .max(100)
  .optional()
  .meta({ description: 'IANA name of a time zone. Default: that of the newest version' });

export const CalendarQuery = z.object({
  from: Day.meta({ description: 'The first day' }),
  to: Day.meta({ description: `The last day; at most ${MAX_CALENDAR_DAYS} days from the first on` }),
  timezone: Zone,
});
export interface CalendarQuery {
  readonly from: string;
  readonly to: string;
  readonly timezone?: string | undefined;
}

export const WorkflowCalendarView = z
  .object({
    timezone: z.string(),
    days: z
      .array(
        z.object({
          day: Day,
          runs: z.number().int(),
          states: z
            .partialRecord(WorkflowStateName, z.number().int())
            .meta({ description: 'How many runs are in each state' }),
        }),
      )
      .meta({ description: 'Only days with runs, earliest first' }),
  })
  .meta({ id: 'WorkflowCalendar' });
export type WorkflowCalendarView = z.infer<typeof WorkflowCalendarView>;

export const DayRunsQuery = PageQuery.extend({ timezone: Zone });
export interface DayRunsQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly timezone?: string | undefined;
}

export const DayRun = z
  .object({
    id: z.string(),
    number: z.number().int().nullable(),
    version: z.number().int(),
    state: WorkflowStateName,
    businessTime: Timestamp,
    createdAt: Timestamp,
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'WorkflowDayRun' });
export type DayRun = z.infer<typeof DayRun>;
export const DayRunPage = pageOf(DayRun).meta({ id: 'WorkflowDayRunPage' });
export type DayRunPage = z.infer<typeof DayRunPage>;

export const StatisticsQuery = z.object({
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_STATISTICS_DAYS)
    .default(30)
    .meta({ description: 'How far it looks back' }),
});
export interface StatisticsQuery {
  readonly days?: number | undefined;
}

const Ms = z.number().int().nullable();

export const TaskStatistics = z
  .object({
    name: z.string(),
    type: z.string(),
    gone: z.boolean().meta({ description: 'The newest version does not have it any more' }),
    runs: z.number().int().meta({ description: 'Runs in which something was done for it' }),
    attempts: z.number().int(),
    failures: z.number().int().meta({ description: 'Attempts that failed' }),
    failedRuns: z.number().int().meta({ description: 'Runs in which it failed for good' }),
    flakyRuns: z.number().int().meta({ description: 'Runs in which it succeeded after an attempt that failed' }),
    timed: z.number().int().meta({ description: 'Attempts that succeeded, of which the times below are' }),
    p50Ms: Ms,
    p95Ms: Ms,
    maxMs: Ms,
    totalMs: z.number().int(),
  })
  .meta({ id: 'WorkflowTaskStatistics' });
export type TaskStatistics = z.infer<typeof TaskStatistics>;

export const WorkflowStatisticsView = z
  .object({
    from: Timestamp,
    until: Timestamp,
    cutShort: z.boolean().meta({ description: 'There are more runs than are counted: the newest are' }),
    runs: z
      .array(
        z.object({
          id: z.string(),
          number: z.number().int().nullable(),
          state: WorkflowStateName,
          startedAt: Timestamp.nullable(),
          durationMs: Ms,
        }),
      )
      .meta({ description: 'Runs that have ended, newest first: what all figures are of' }),
    states: z.partialRecord(WorkflowStateName, z.number().int()),
    p50Ms: Ms.meta({ description: 'Of runs that succeeded, by the nearest rank' }),
    p95Ms: Ms.meta({ description: 'Likewise' }),
    tasks: z.array(TaskStatistics),
  })
  .meta({ id: 'WorkflowStatistics' });
export type WorkflowStatisticsView = z.infer<typeof WorkflowStatisticsView>;
