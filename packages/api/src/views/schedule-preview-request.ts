/** What is sent to /schedules/preview. */
import * as z from 'zod';
import { Timestamp } from './page.ts';
import { SchedulePlanRequest } from './schedule.ts';
import { MAX_PREVIEW_FIRES } from './schedule-preview.ts';

export const PreviewRequest = z
  .strictObject({
    plan: SchedulePlanRequest,
    after: Timestamp.optional().meta({ description: 'Fire times after this moment; left out: from now on' }),
    count: z.number().int().min(1).max(MAX_PREVIEW_FIRES).default(5),
  })
  .meta({ id: 'PreviewRequest', example: { plan: { cron: '30 2 * * *', timezone: 'Europe/Berlin' }, count: 10 } });
export type PreviewRequest = z.input<typeof PreviewRequest>;
