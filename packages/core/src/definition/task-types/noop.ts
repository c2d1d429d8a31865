/** Settings of `noop` tasks. */
import * as z from 'zod';
import type { TaskType } from './task-type.ts';

const schema = z.strictObject({
  result: z.enum(['success', 'failure']).default('success').meta({ description: 'How the task ends.' }),
});

export type NoopConfig = z.output<typeof schema>;

export const noopType: TaskType = { description: 'Does nothing: joins branches, tries out graphs.', schema };
