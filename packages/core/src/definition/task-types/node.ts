/** Settings of `node` tasks. */
import * as z from 'zod';
import { MAX_SCRIPT_LENGTH, type TaskType } from './task-type.ts';

const schema = z.strictObject({
  language: z.enum(['js', 'ts']).default('js').meta({ description: 'ts: types are stripped before the script runs.' }),
  script: z
    .string()
    .min(1)
    .max(MAX_SCRIPT_LENGTH)
    .meta({ description: 'An ES module. Parameters are environment variables in it.' }),
});

export type NodeConfig = z.output<typeof schema>;

export const nodeType: TaskType = {
  description: 'Runs a JavaScript or TypeScript module in a process of its own.',
  schema,
};
