/** How the runs are started of whoever starts them by itself: schedules, backfills, triggers. */
import { ALERT_CHOICES, FAILURE_STRATEGIES, PRIORITIES, SCOPES } from '@vaquita/core';
import * as z from 'zod';
import { Duration } from './page.ts';

const Name = z.string().min(1).max(200);

/**
 * The same fields as those of a start by hand. Given anew they replace all that was given before; what is left out, or null, has its
 * default, so that what was read can be sent back.
 */
export const StartChoicesInput = z
  .strictObject({
    params: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ description: 'Start parameters by name; they override the defaults of the definition' }),
    startTasks: z.array(Name).max(10_000).default([]),
    scope: z.enum(SCOPES).default('all').meta({ description: 'Seen from `startTasks`; without them only `all`' }),
    failureStrategy: z.enum(FAILURE_STRATEGIES).nullable().default(null),
    priority: z.enum(PRIORITIES).optional().meta({ description: 'Left out: `medium`; of a backfill `lowest`' }),
    workerGroup: Name.nullable().default(null).meta({ description: 'For tasks that name no worker group themselves' }),
    environment: Name.nullable().default(null).meta({ description: 'Id or name; for tasks that name none themselves' }),
    alertOn: z.enum(ALERT_CHOICES).nullable().default(null),
    alertGroup: Name.nullable().default(null).meta({ description: 'Id or name' }),
    dryRun: z.boolean().default(false),
    timeout: Duration.nullable().default(null),
    version: z.number().int().min(1).nullable().default(null),
  })
  .meta({ id: 'StartChoicesInput', example: { params: { region: 'eu' }, priority: 'high' } });
export type StartChoicesInput = z.input<typeof StartChoicesInput>;

export const StartChoicesView = z
  .object({
    params: z.record(z.string(), z.string()),
    startTasks: z.array(z.string()),
    scope: z.enum(SCOPES),
    failureStrategy: z.enum(FAILURE_STRATEGIES).nullable().meta({ description: 'Null: as the definition says' }),
    priority: z.enum(PRIORITIES),
    workerGroup: z.string().nullable(),
    environment: z.string().nullable().meta({ description: 'By name' }),
    alertOn: z.enum(ALERT_CHOICES).nullable().meta({ description: 'Null: as the definition says' }),
    alertGroup: z.string().nullable().meta({ description: 'By name; null: as the definition says' }),
    dryRun: z.boolean(),
    timeout: Duration.nullable().meta({ description: 'Null: as the definition says' }),
    version: z.number().int().nullable().meta({ description: 'Null: the newest at the time of each start' }),
  })
  .meta({ id: 'StartChoices' });
export type StartChoicesView = z.infer<typeof StartChoicesView>;
