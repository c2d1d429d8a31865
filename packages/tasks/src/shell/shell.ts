/**
 * Runs a shell script. The script is written to a file and run as it is: parameters are environment variables, nothing
 * is put into its text, and no option such as `set -e` is added. The exit code of the script is the task's.
 */
import * as z from 'zod/mini';
import { readConfig } from '../read-config.ts';
import type { ProcessTaskType } from '../task-type.ts';

const schema = z.object({ script: z.string() });

export const shell: ProcessTaskType = {
  name: 'shell',
  usesProcess: true,
  async prepare(context) {
    const { script } = readConfig(schema, context.config);
    const path = await context.ports.files.write(context.workDir, 'script.sh', script);
    return { command: context.ports.shell, args: [path], readsOutputs: true };
  },
};
