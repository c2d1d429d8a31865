/**
 * Runs a JavaScript or TypeScript module in a process of its own. Parameters are environment variables; `VAQUITA_PARAMS`
 * names a JSON file with all of them under their own names. Types are stripped, not checked.
 */
import * as z from 'zod/mini';
import { readConfig } from '../read-config.ts';
import type { ProcessTaskType, TaskContext } from '../task-type.ts';

const schema = z.object({ script: z.string(), language: z._default(z.enum(['js', 'ts']), 'js') });

export const node: ProcessTaskType = {
  name: 'node',
  usesProcess: true,
  async prepare(context) {
    const { script, language } = readConfig(schema, context.config);
    const { files, node: program } = context.ports;
    const path = language === 'ts' ? await writeTypeScript(context, script) : await writeScript(context, script);
    const params = await files.write(context.workDir, 'params.json', JSON.stringify(context.params));
    return {
      command: program.command,
      args: [...program.args, path],
      env: { VAQUITA_PARAMS: params },
      readsOutputs: true,
    };
  },
};

function writeScript({ ports, workDir }: TaskContext, script: string): Promise<string> {
  return ports.files.write(workDir, 'script.mjs', script);
}

async function writeTypeScript(context: TaskContext, script: string): Promise<string> {
  const { ports, workDir } = context;
  if (ports.node.runsTypeScript) return ports.files.write(workDir, 'script.mts', script);
  return writeScript(context, await ports.stripTypes(script));
}
