/** Bodies of what people decide about workers. */
import { checkLabelName, checkLabelValue, MAX_WORKER_SLOTS, MAX_WORKER_WEIGHT } from '@vaquita/core';
import * as z from 'zod';

export const WorkerVerbRequest = z
  .strictObject({
    reason: z
      .string()
      .trim()
      .max(500)
      .default('')
      .meta({ description: 'Why, for whoever looks at the worker or at the audit record later' }),
  })
  .meta({ id: 'WorkerVerbRequest', example: { reason: 'new disks on Friday' } });
export type WorkerVerbRequest = z.input<typeof WorkerVerbRequest>;

const Labels = z.record(z.string(), z.string()).superRefine((labels, context) => {
  for (const [name, value] of Object.entries(labels)) {
    const wrongName = checkLabelName(name);
    const message = wrongName === undefined ? checkLabelValue(value) : `“${name}” ${wrongName}`;
    if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
  }
});

const LogLevel = z.enum(['debug', 'info', 'warn', 'error']);

export const WorkerChange = z
  .strictObject({
    slots: z.number().int().min(1).max(MAX_WORKER_SLOTS).nullable().optional(),
    labels: Labels.nullable().optional().meta({ description: 'All of them: labels that are not named are gone' }),
    weight: z.number().positive().max(MAX_WORKER_WEIGHT).nullable().optional(),
    logLevel: LogLevel.nullable().optional().meta({ description: 'Of the agent’s own log' }),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'Give slots, labels, weight or logLevel; null is what the worker was started with',
  })
  .meta({ id: 'WorkerChange', example: { slots: 8, weight: null } });
export type WorkerChange = z.infer<typeof WorkerChange>;
