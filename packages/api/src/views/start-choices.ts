/** How the runs are started of whoever starts them by itself: schedules, backfills, triggers. */
import { ALERT_CHOICES, FAILURE_STRATEGIES, PRIORITIES, SCOPES } from '@vaquita/core';
import * as z from 'zod';
import { StartRequest } from './instance.ts';
import { Duration } from './page.ts';

/** The same fields as those of a start by hand; given anew they replace all that was given before. */
export const StartChoicesInput = z
  .strictObject(StartRequest.shape)
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
    alertOn: z.enum(ALERT_CHOICES).nullable().meta({ description: 'Null: as the definition says' }),
    alertGroup: z.string().nullable().meta({ description: 'By name; null: as the definition says' }),
    dryRun: z.boolean(),
    timeout: Duration.nullable().meta({ description: 'Null: as the definition says' }),
    version: z.number().int().nullable().meta({ description: 'Null: the newest at the time of each start' }),
  })
  .meta({ id: 'StartChoices' });
export type StartChoicesView = z.infer<typeof StartChoicesView>;
