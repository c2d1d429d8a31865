/** Bodies of /schedules: what is kept, and what people send. What was read can be sent back. */
import { DST_POLICIES, FIRE_OUTCOMES, FIRE_REASONS, MISFIRE_POLICIES, OVERLAP_POLICIES } from '@vaquita/core';
import * as z from 'zod';
import { Duration, PageQuery, pageOf, Timestamp } from './page.ts';
import { ProjectName } from './project.ts';
import { FireTimeView, ScheduleSummary } from './schedule-preview.ts';
import { StartChoicesInput, StartChoicesView } from './start-choices.ts';

export const MAX_MISFIRE_RUNS = 100;
export const MAX_OVERLAP = 1_000;
const MAX_CALENDARS = 20;

const DST = z.enum(DST_POLICIES).meta({
  id: 'DstPolicy',
  description:
    'What becomes of times that clocks jump over or show twice. `skip`: they do not fire, and fire once. `run_once`: they fire as much ' +
    'later as clocks jumped, and once. `run_both`: likewise, and twice',
});
const Misfire = z.enum(MISFIRE_POLICIES).meta({
  id: 'MisfirePolicy',
  description:
    'Of fire times that nobody could act on in time: `none` of them runs, the `last`, or `all` up to the limit',
});
const Overlap = z.enum(OVERLAP_POLICIES).meta({
  id: 'OverlapPolicy',
  description:
    'While a run of this schedule has not ended, the next fire time runs beside it (`parallel`), is left out (`skip`), waits for its ' +
    'end (`queue`) or has it stopped (`cancel_old`)',
});

export const SchedulePlanView = z
  .object({
    cron: z.string().nullable().meta({ description: 'Null: it fires every so often' }),
    dst: DST.nullable().meta({ description: 'Of `cron`' }),
    every: Duration.nullable().meta({ description: 'Elapsed time between two fire times; null: it has a `cron`' }),
    anchorAt: Timestamp.nullable().meta({ description: 'Of `every`: the first fire time' }),
    timezone: z.string().meta({ description: 'IANA name', example: 'Europe/Berlin' }),
    from: Timestamp.nullable().meta({ description: 'Begin of the window, in it; null: open' }),
    to: Timestamp.nullable().meta({ description: 'End of the window, not in it; null: open' }),
    jitter: Duration.meta({ description: 'Each fire time is acted on up to so much later' }),
    calendars: z
      .object({ include: z.array(z.string()), exclude: z.array(z.string()) })
      .meta({ description: 'By name' }),
    misfire: z.object({ policy: Misfire, limit: z.number().int(), grace: Duration }),
    overlap: z.object({ policy: Overlap, limit: z.number().int().nullable() }),
  })
  .meta({ id: 'SchedulePlan' });
export type SchedulePlanView = z.infer<typeof SchedulePlanView>;

const CalendarNames = z.array(z.string().min(1).max(200)).max(MAX_CALENDARS).default([]);

export const SchedulePlanRequest = z
  .strictObject({
    cron: z
      .string()
      .nullish()
      .meta({ description: 'Five fields (Unix), six or seven (Quartz), or a nickname such as `@daily`' }),
    dst: DST.nullish().meta({
      description: 'Left out: `run_once`, or `run_both` where the expression fires in every hour',
    }),
    every: Duration.nullish().meta({ description: 'In the place of `cron`, at least 1s' }),
    anchorAt: Timestamp.nullish().meta({
      description: 'Of `every`: the first fire time. Left out: the begin of the window, or when the schedule is saved',
    }),
    timezone: z.string().min(1).max(100).default('UTC'),
    from: Timestamp.nullish(),
    to: Timestamp.nullish(),
    jitter: Duration.default('0s').meta({ description: 'Shorter than the shortest time between two fire times' }),
    calendars: z
      .strictObject({
        include: CalendarNames.meta({ description: 'When there are any: only what one of these holds' }),
        exclude: CalendarNames.meta({ description: 'Never what one of these holds' }),
      })
      .prefault({})
      .meta({ description: 'Names or ids' }),
    misfire: z
      .strictObject({
        policy: Misfire.default('last'),
        limit: z.number().int().min(1).max(MAX_MISFIRE_RUNS).default(10).meta({ description: 'Of `all`' }),
        grace: Duration.default('1m').meta({ description: 'Up to so much after its time a fire time is acted on' }),
      })
      .prefault({}),
    overlap: z
      .strictObject({
        policy: Overlap.default('parallel'),
        limit: z.number().int().min(1).max(MAX_OVERLAP).nullable().default(null).meta({
          description: 'Of `queue`: how many fire times may wait. Of `parallel`: how many runs at once. Null: no limit',
        }),
      })
      .prefault({}),
  })
  .meta({ id: 'SchedulePlanRequest', example: { cron: '30 2 * * *', timezone: 'Europe/Berlin' } });
export type SchedulePlanRequest = z.input<typeof SchedulePlanRequest>;

export const FireView = z
  .object({
    fireAt: Timestamp,
    throughAt: Timestamp.meta({ description: 'The last fire time that this record stands for' }),
    fires: z.number().int().meta({ description: 'How many it stands for: 1, unless very many were missed in one go' }),
    outcome: z.enum(FIRE_OUTCOMES).meta({ description: '`queued` waits for the run before it' }),
    reason: z
      .object({ code: z.enum(FIRE_REASONS), text: z.string() })
      .nullable()
      .meta({ description: 'Why it is no run, or not yet' }),
    workflowInstanceId: z.string().nullable(),
    actAt: Timestamp.meta({ description: 'When it was to be acted on: the fire time and its jitter' }),
    decidedAt: Timestamp,
  })
  .meta({ id: 'ScheduleFire' });
export type FireView = z.infer<typeof FireView>;
export const FirePage = pageOf(FireView).meta({ id: 'ScheduleFirePage' });
export type FirePage = z.infer<typeof FirePage>;

export const ScheduleView = z
  .object({
    id: z.string(),
    projectId: z.string(),
    projectName: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    name: z.string(),
    description: z.string(),
    plan: SchedulePlanView,
    start: StartChoicesView,
    summary: ScheduleSummary,
    online: z.boolean(),
    workflowOnline: z.boolean().meta({ description: 'While its workflow is offline, no schedule of it fires' }),
    pausedUntil: Timestamp.nullable().meta({ description: 'Fire times before it are skipped' }),
    nextFires: z
      .array(FireTimeView)
      .meta({ description: 'The next three. None while the schedule or its workflow is offline' }),
    lastFire: FireView.nullable().meta({ description: 'The newest record' }),
    problem: z
      .object({ text: z.string(), since: Timestamp })
      .nullable()
      .meta({ description: 'Why the leader cannot deal with it, and it does not fire; null: it can' }),
    revision: z.number().int().meta({ description: 'Send it with a change: when somebody was faster, it is refused' }),
    createdBy: z.string(),
    createdAt: Timestamp,
    updatedBy: z.string(),
    updatedAt: Timestamp,
  })
  .meta({ id: 'Schedule' });
export type ScheduleView = z.infer<typeof ScheduleView>;
export const SchedulePage = pageOf(ScheduleView).meta({ id: 'SchedulePage' });
export type SchedulePage = z.infer<typeof SchedulePage>;

export const ScheduleSaved = ScheduleView.extend({
  warnings: z.array(z.string()).meta({ description: 'What was accepted and may not be meant, in sentences' }),
}).meta({ id: 'ScheduleSaved' });
export type ScheduleSaved = z.infer<typeof ScheduleSaved>;

const Description = z.string().max(2000);
const Revision = z.number().int().optional().meta({
  description: 'That of the schedule as it was read; the header If-Match says the same. Left out: whatever it is',
});

export const ScheduleCreate = z
  .strictObject({
    name: ProjectName,
    description: Description.default(''),
    plan: SchedulePlanRequest,
    start: StartChoicesInput.prefault({}),
    online: z.boolean().default(false).meta({ description: 'True: it fires from now on' }),
  })
  .meta({
    id: 'ScheduleCreate',
    example: { name: 'nightly', plan: { cron: '30 2 * * *', timezone: 'Europe/Berlin' }, online: true },
  });
export type ScheduleCreate = z.input<typeof ScheduleCreate>;

export const ScheduleChange = z
  .strictObject({
    name: ProjectName.optional(),
    description: Description.optional(),
    plan: SchedulePlanRequest.optional().meta({ description: 'As a whole: what is left out has its default' }),
    start: StartChoicesInput.optional().meta({ description: 'As a whole' }),
    revision: Revision,
  })
  .refine(
    ({ revision: _, ...change }) => Object.values(change).some((value) => value !== undefined),
    'Give a name, description, plan or start',
  )
  .meta({ id: 'ScheduleChange', example: { plan: { cron: '0 3 * * *' }, revision: 4 } });
export type ScheduleChange = z.input<typeof ScheduleChange>;

export const ScheduleVerbRequest = z.strictObject({ revision: Revision }).meta({ id: 'ScheduleVerbRequest' });
export type ScheduleVerbRequest = z.input<typeof ScheduleVerbRequest>;

export const SchedulePauseRequest = z
  .strictObject({
    until: Timestamp.nullish().meta({ description: 'Null ends the pause' }),
    for: Duration.optional().meta({ description: 'In the place of `until`: from now' }),
    revision: Revision,
  })
  .meta({ id: 'SchedulePauseRequest', example: { for: '2d' } });
export type SchedulePauseRequest = z.input<typeof SchedulePauseRequest>;

export const ScheduleQuery = PageQuery.extend({
  project: z.string().optional().meta({ description: 'Id or name' }),
  workflow: z.string().optional().meta({ description: 'Id or name; needs `project`' }),
  online: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'Only those that are switched on, or only those that are not' }),
});
export interface ScheduleQuery extends z.input<typeof PageQuery> {
  readonly project?: string | undefined;
  readonly workflow?: string | undefined;
  readonly online?: boolean | undefined;
}
