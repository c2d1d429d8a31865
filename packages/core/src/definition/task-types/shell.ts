/** Settings of `shell` tasks. */
import * as z from 'zod';
import { MAX_SCRIPT_LENGTH, type TaskType } from './task-type.ts';

const schema = z.strictObject({
  script: z
    .string()
    .min(1)
    .max(MAX_SCRIPT_LENGTH)
    .meta({ description: 'The script. Parameters are environment variables in it.' }),
});

export type ShellConfig = z.output<typeof schema>;

export const shellType: TaskType = { description: 'Runs a shell script.', schema };
