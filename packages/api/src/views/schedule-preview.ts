/** Bodies of /schedules/preview: what a schedule would do, before it is saved. */
import { DST_POLICIES } from '@vaquita/core';
import * as z from 'zod';
import { Duration, Timestamp } from './page.ts';

export const MAX_PREVIEW_FIRES = 100;

export const ScheduleSummary = z
  .object({ en: z.string(), zh: z.string() })
  .meta({ id: 'ScheduleSummary', description: 'When it fires, in a sentence, made from what was understood' });
export type ScheduleSummary = z.infer<typeof ScheduleSummary>;

export const FireTimeView = z
  .object({
    at: Timestamp,
    actAt: Timestamp.meta({ description: 'With its jitter' }),
    local: z.string().meta({
      description: 'What clocks of its zone show, with their offset',
      example: '2026-03-29T03:30:00+02:00',
    }),
    clocks: z.enum(['shifted', 'first', 'second']).nullable().meta({
      description:
        '`shifted`: clocks jumped over its time, so it fires later. `first`, `second`: clocks show this time twice',
    }),
    skipped: z
      .object({ code: z.enum(['calendar', 'paused']), text: z.string() })
      .nullable()
      .meta({ description: 'Why it will not run' }),
  })
  .meta({ id: 'FireTime' });
export type FireTimeView = z.infer<typeof FireTimeView>;

export const ClockChangeView = z
  .object({
    at: Timestamp,
    kind: z.enum(['forward', 'back']),
    by: Duration,
    from: z
      .string()
      .meta({ description: 'What clocks show when they are moved', example: '2026-03-29T02:00:00+01:00' }),
    to: z.string().meta({ description: 'What they show instead', example: '2026-03-29T03:00:00+02:00' }),
    affected: z.boolean().meta({ description: 'The policies differ here' }),
    policies: z
      .array(z.object({ dst: z.enum(DST_POLICIES).nullable(), fires: z.array(FireTimeView) }))
      .meta({ description: 'The fire times about this moment under each policy; `dst` is null for fixed intervals' }),
  })
  .meta({ id: 'ClockChange' });
export type ClockChangeView = z.infer<typeof ClockChangeView>;

export const PreviewProblem = z
  .object({
    path: z.string(),
    message: z.string(),
    field: z
      .enum(['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek', 'year'])
      .nullable()
      .meta({ description: 'Of the expression; null: the whole of it, or something else' }),
    at: z.number().int().nullable().meta({ description: 'The place in the expression, in characters from 0' }),
    text: z.string().nullable().meta({ description: 'What stands there' }),
  })
  .meta({ id: 'PreviewProblem' });
export type PreviewProblem = z.infer<typeof PreviewProblem>;

export const PreviewView = z
  .object({
    problems: z.array(PreviewProblem).meta({ description: 'None: it can be saved like this' }),
    summary: ScheduleSummary.nullable(),
    usualDst: z.enum(DST_POLICIES).nullable().meta({ description: 'The policy when none is chosen; of `cron`' }),
    fires: z.array(FireTimeView),
    clockChanges: z.array(ClockChangeView).meta({ description: 'The next two changes of the zone within three years' }),
  })
  .meta({ id: 'SchedulePreview' });
export type PreviewView = z.infer<typeof PreviewView>;
