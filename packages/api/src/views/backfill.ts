/** Bodies of /backfills: what is asked for, the plan of it, how far it is. */
import { BACKFILL_ITEM_STATES, BACKFILL_ORDERS, BACKFILL_STATES } from '@vaquita/core';
import * as z from 'zod';
import { WorkflowStateName } from './instance.ts';
import { Duration, PageQuery, pageOf, Timestamp } from './page.ts';
import { ReasonView } from './reason.ts';
import { StartChoicesInput, StartChoicesView } from './start-choices.ts';

const Name = z.string().min(1).max(200);
const Moment = z.string().min(1).max(40).meta({
  description:
    'ISO 8601: with an offset, such as `2026-03-01T00:00:00Z`, or a day or a time of the zone, such as `2026-03-01` or `2026-03-01T06:00`',
  example: '2026-03-01',
});
const Zone = z
  .string()
  .min(1)
  .max(100)
  .meta({ description: 'IANA name, such as `Europe/Berlin`', example: 'Europe/Berlin' });
const Parallelism = z
  .number()
  .int()
  .min(1, 'At least one run at a time; pause the backfill to start nothing')
  .max(1_000)
  .meta({ description: 'Runs at once; 1: one after the other' });
const Description = z.string().max(2_000);

export const BackfillStateName = z.enum(BACKFILL_STATES).meta({ id: 'BackfillState' });
export const BackfillItemStateName = z.enum(BACKFILL_ITEM_STATES).meta({ id: 'BackfillItemState' });

const window = {
  from: Moment.meta({ description: 'The first moment that is in it' }),
  to: Moment.meta({ description: 'The first moment that is not in it any more' }),
};

export const BackfillTimesInput = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('range'),
        ...window,
        every: z.string().min(1).max(40).meta({
          description: '`hour`, `day`, `week`, `month`, or a duration such as `15m`; days and longer go by the clock',
        }),
        timezone: Zone.optional().meta({ description: 'Also that of its runs; left out: that of the workflow' }),
      })
      .meta({ title: 'Every hour, day, … of a range' }),
    z
      .strictObject({
        kind: z.literal('list'),
        times: z.array(Moment).min(1, 'Name at least one time'),
        timezone: Zone.optional(),
      })
      .meta({ title: 'Times one by one' }),
    z
      .strictObject({
        kind: z.literal('schedule'),
        schedule: Name.meta({ description: 'A schedule of the workflow, by id or by name' }),
        ...window,
        only: z
          .enum(['all', 'gaps'])
          .default('all')
          .meta({ description: '`gaps`: only fire times without a run that succeeded or is under way' }),
      })
      .meta({ title: 'Fire times of a schedule' }),
  ])
  .meta({ id: 'BackfillTimesInput' });
export type BackfillTimesInput = z.input<typeof BackfillTimesInput>;

export const BackfillRequest = z
  .strictObject({
    project: Name.meta({ description: 'Id or name' }),
    workflow: Name.meta({ description: 'Id or name' }),
    times: BackfillTimesInput,
    dependents: z.boolean().default(false).meta({
      description: 'Also every workflow whose newest version has a `dependent` task on one that is in it',
    }),
    order: z.enum(BACKFILL_ORDERS).default('oldest_first'),
    parallelism: Parallelism.default(1),
    rerunSucceeded: z
      .boolean()
      .default(false)
      .meta({ description: 'Also what has succeeded already; otherwise that is skipped' }),
    description: Description.default(''),
    start: StartChoicesInput.optional().meta({
      description:
        'How runs are started. Parameters, start tasks and the version are for the workflow itself, the rest for its dependents too. The priority is `lowest` unless told',
    }),
    dryRun: z.boolean().default(false).meta({ description: 'Answers with the plan and starts nothing' }),
  })
  .meta({
    id: 'BackfillRequest',
    example: {
      project: 'etl',
      workflow: 'daily-orders',
      times: { kind: 'range', from: '2026-01-01', to: '2026-02-01', every: 'day', timezone: 'Europe/Berlin' },
      dependents: true,
      parallelism: 4,
      dryRun: true,
    },
  });
export type BackfillRequest = z.input<typeof BackfillRequest>;

export const BackfillMemberView = z
  .object({
    projectId: z.string(),
    projectName: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    version: z.number().int(),
    level: z
      .number()
      .int()
      .meta({ description: '0: what was asked for; each other one is above all that it depends on' }),
    after: z.array(z.string()).meta({ description: 'Ids of the workflows in it that its dependent tasks ask about' }),
  })
  .meta({ id: 'BackfillMember' });
export type BackfillMemberView = z.infer<typeof BackfillMemberView>;

export const BackfillPlan = z
  .object({
    runs: z.number().int().meta({ description: 'Runs that it starts' }),
    skipped: z.number().int().meta({ description: 'Times that it leaves as they are, over all workflows in it' }),
    times: z.number().int(),
    first: Timestamp.nullable().meta({ description: 'The earliest business time' }),
    last: Timestamp.nullable(),
    timezone: z.string().nullable().meta({ description: 'That of its runs; null: each in that of its own definition' }),
    members: z.array(
      BackfillMemberView.extend({
        runs: z.number().int(),
        skipped: z.number().int(),
        history: z
          .object({
            runs: z.number().int().meta({ description: 'Runs that were looked at: the newest that succeeded' }),
            duration: Duration.meta({ description: 'Half of them took no longer' }),
            slotTime: Duration.meta({ description: 'That tasks of a run held slots of workers, likewise' }),
          })
          .nullable()
          .meta({ description: 'Null: none of its runs has succeeded yet' }),
      }),
    ),
    leftOut: z
      .array(z.object({ projectName: z.string(), workflowName: z.string(), reason: z.string() }))
      .meta({ description: 'Workflows that depend on what is in it and are not run, with the reason' }),
    skips: z
      .array(
        z.object({
          workflowName: z.string(),
          businessTime: Timestamp,
          reason: z.string(),
          workflowInstanceId: z.string().nullable(),
        }),
      )
      .meta({ description: 'The first of those that are skipped' }),
    conflicts: z
      .array(
        z.object({
          backfillId: z.string(),
          description: z.string(),
          workflowName: z.string(),
          times: z.number().int(),
          first: Timestamp,
        }),
      )
      .meta({
        description: 'Other backfills that have the same times of the same version; while there are any, it is refused',
      }),
    next: z
      .array(z.object({ workflowName: z.string(), businessTime: Timestamp }))
      .meta({ description: 'The first in the order of starting' }),
    estimate: z
      .object({
        length: Duration.nullable().meta({
          description: 'From begin to end at this parallelism; null: nothing in it has a history',
        }),
        slotTime: Duration.nullable().meta({ description: 'Of all runs together' }),
        withoutHistory: z.array(z.string()).meta({ description: 'Workflows that are not counted in it' }),
      })
      .meta({ description: 'From runs that have succeeded' }),
    notes: z.array(z.string()).meta({ description: 'What somebody should know before starting it' }),
  })
  .meta({ id: 'BackfillPlan' });
export type BackfillPlan = z.infer<typeof BackfillPlan>;

export const BackfillTimesView = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('range'),
      from: Timestamp,
      to: Timestamp,
      every: z.string(),
      timezone: z.string(),
    }),
    z.object({ kind: z.literal('list') }),
    z.object({
      kind: z.literal('schedule'),
      scheduleId: z.string(),
      scheduleName: z.string(),
      only: z.enum(['all', 'gaps']),
      from: Timestamp,
      to: Timestamp,
    }),
  ])
  .meta({ id: 'BackfillTimes' });
export type BackfillTimesView = z.infer<typeof BackfillTimesView>;

const counts = Object.fromEntries(BACKFILL_ITEM_STATES.map((state) => [state, z.number().int()])) as Record<
  (typeof BACKFILL_ITEM_STATES)[number],
  z.ZodInt
>;

export const BackfillView = z
  .object({
    id: z.string(),
    projectId: z.string(),
    projectName: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    times: BackfillTimesView,
    timezone: z.string().nullable(),
    description: z.string(),
    members: z.array(BackfillMemberView),
    start: StartChoicesView,
    order: z.enum(BACKFILL_ORDERS),
    parallelism: z.number().int(),
    state: BackfillStateName.meta({
      description: '`done`: nothing waits or runs any more; the counts say how it went',
    }),
    revision: z.number().int().meta({ description: 'Grows with each change by a person' }),
    hold: ReasonView.nullable().meta({ description: 'Why nothing of it is started now, though something waits' }),
    items: z.number().int(),
    counts: z.object(counts).meta({ description: 'Items by state; of those with a run, the state is that of the run' }),
    progress: z.number().min(0).max(1).meta({ description: 'Share of its items that neither wait nor run' }),
    expectedEnd: Timestamp.nullable().meta({
      description: 'From how long its own runs took, and from the history until there are some; null: not known',
    }),
    createdBy: z.string(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Backfill' });
export type BackfillView = z.infer<typeof BackfillView>;

export const BackfillPage = pageOf(BackfillView).meta({ id: 'BackfillPage' });
export type BackfillPage = z.infer<typeof BackfillPage>;

export const BackfillAnswer = z
  .object({
    dryRun: z.boolean(),
    plan: BackfillPlan,
    backfill: BackfillView.nullable().meta({ description: 'Null in a dry run' }),
  })
  .meta({ id: 'BackfillAnswer' });
export type BackfillAnswer = z.infer<typeof BackfillAnswer>;

export const BackfillQuery = PageQuery.extend({
  project: z.string().optional().meta({ description: 'Id or name' }),
  workflow: z.string().optional().meta({ description: 'Id or name; needs `project`' }),
  state: BackfillStateName.optional(),
});
export type BackfillQuery = z.input<typeof BackfillQuery>;

export const BackfillChange = z
  .strictObject({ parallelism: Parallelism.optional(), description: Description.optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'Give a parallelism or a description')
  .meta({ id: 'BackfillChange', example: { parallelism: 8 } });
export type BackfillChange = z.input<typeof BackfillChange>;

export const BackfillCancel = z
  .strictObject({
    stopRuns: z
      .boolean()
      .default(false)
      .meta({ description: 'Also stops the runs that it has started; otherwise they go on to their end' }),
  })
  .meta({ id: 'BackfillCancel' });
export type BackfillCancel = z.input<typeof BackfillCancel>;

export const BackfillRetry = z
  .strictObject({
    items: z
      .array(z.int().min(0))
      .min(1, 'Name at least one item, or leave `items` out to try all again')
      .max(100_000)
      .optional()
      .meta({
        description: 'The `position` of each failed item to try again, with what it has blocked. Left out: all',
      }),
  })
  .meta({ id: 'BackfillRetry', example: { items: [3, 7] } });
export type BackfillRetry = z.input<typeof BackfillRetry>;

export const BackfillItemView = z
  .object({
    position: z.number().int().meta({ description: 'Its place in the order of starting, from 0' }),
    workflowId: z.string(),
    workflowName: z.string(),
    version: z.number().int(),
    level: z.number().int(),
    businessTime: Timestamp,
    state: BackfillItemStateName.meta({
      description: 'Of one with a run: as that run is now, also when somebody has recovered it',
    }),
    reason: z.string().nullable(),
    run: z
      .object({ id: z.string(), number: z.number().int().nullable(), state: WorkflowStateName.nullable() })
      .nullable()
      .meta({ description: 'The newest; its state is null when it has been removed meanwhile' }),
    tries: z.number().int().meta({ description: 'Runs that were started for it' }),
    startedAt: Timestamp.nullable(),
    endedAt: Timestamp.nullable(),
  })
  .meta({ id: 'BackfillItem' });
export type BackfillItemView = z.infer<typeof BackfillItemView>;

export const BackfillItemPage = pageOf(BackfillItemView).meta({ id: 'BackfillItemPage' });
export type BackfillItemPage = z.infer<typeof BackfillItemPage>;

export const BackfillItemQuery = PageQuery.extend({
  state: BackfillItemStateName.optional(),
  workflow: z.string().optional().meta({ description: 'Id of a workflow that is in it' }),
});
export type BackfillItemQuery = z.input<typeof BackfillItemQuery>;

export const BackfillActView = z
  .object({
    id: z.string(),
    at: Timestamp,
    by: z.string().meta({ description: 'Name of who did it' }),
    did: z.enum(['create', 'pause', 'resume', 'edit', 'retry', 'cancel']),
  })
  .meta({ id: 'BackfillAct' });
export type BackfillActView = z.infer<typeof BackfillActView>;

export const BackfillActPage = pageOf(BackfillActView).meta({ id: 'BackfillActPage' });
export type BackfillActPage = z.infer<typeof BackfillActPage>;
