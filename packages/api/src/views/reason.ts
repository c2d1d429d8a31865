/** Why something waits or ended as it did: the recorded evidence behind every `…/why`. */
import * as z from 'zod';
import { Timestamp } from './page.ts';

export const ReasonView = z
  .object({
    code: z.string().meta({ description: 'A word to branch on', example: 'waiting_for_worker' }),
    text: z.string(),
    since: Timestamp,
    next: z.string().nullable().meta({ description: 'What will happen next, when that is known' }),
    nextAt: Timestamp.nullable(),
    evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: 'Reason' });
export type ReasonView = z.infer<typeof ReasonView>;

export const WhyItem = ReasonView.extend({
  taskName: z.string().nullable().meta({ description: 'Null when the reason is of the run as a whole' }),
  taskInstanceId: z.string().nullable(),
}).meta({ id: 'WhyItem' });
export type WhyItem = z.infer<typeof WhyItem>;

export const WhyView = z
  .object({
    kind: z
      .enum(['workflow_instance', 'task_instance', 'task'])
      .meta({ description: '`task`: one without a task instance; `id` is then that of the run' }),
    id: z.string(),
    state: z.string().meta({ description: 'Of the run, of the task instance, or of the task in the graph' }),
    summary: z.string().meta({ description: 'One sentence that answers the question' }),
    reasons: z.array(WhyItem),
  })
  .meta({ id: 'Why' });
export type WhyView = z.infer<typeof WhyView>;
