/** `export`: definitions as YAML, to the output or into a folder. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, EXIT, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { parseWorkflowName } from '../names.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Write definitions as YAML',
  args: ['project/workflow | project'],
  options: {
    version: { type: 'string', value: 'n', help: 'Of one workflow, a version other than the newest' },
    dir: { type: 'string', value: 'folder', help: 'Write <workflow>.yaml files there (needed for a whole project)' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita export etl/daily > daily.yaml', 'vaquita export etl --dir workflows/'],
  async run({ args, options }, io) {
    const named = args[0]!;
    const folder = typeof options.dir === 'string' ? resolve(io.cwd, options.dir) : undefined;
    const client = connect(options, io);

    if (!named.includes('/')) {
      if (folder === undefined) throw new UsageError('A whole project needs --dir <folder>.', exportCommand);
      for await (const { name } of client.workflows.all(named)) {
        io.print(writeYaml(folder, name, await client.workflows.exportYaml(named, name)));
      }
      return EXIT.ok;
    }

    const { project, workflow } = parseWorkflowName(named);
    const version = options.version;
    if (version !== undefined && !/^[1-9]\d*$/.test(String(version))) {
      throw new UsageError(`--version "${String(version)}" is not a version number.`, exportCommand);
    }
    const yaml = await client.workflows.exportYaml(
      project,
      workflow,
      version === undefined ? {} : { version: Number(version) },
    );
    if (folder === undefined) io.write(yaml);
    else io.print(writeYaml(folder, workflow, yaml));
    return EXIT.ok;
  },
};

/** A workflow's name comes from the server: it must not lead out of the folder. */
function writeYaml(folder: string, workflow: string, yaml: string): string {
  const path = join(folder, `${workflow.replaceAll(/[^\p{L}\p{N}._-]/gu, '_').replace(/^\.+/, '_')}.yaml`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, yaml);
  return path;
}
