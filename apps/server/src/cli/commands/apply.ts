/** `apply`: makes the workflows of a project what the files say. */
import { ApiError, type VaquitaClient } from '@vaquita/client';
import { type Command, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { type DefinitionFile, readDefinitionFiles } from '../definition-files.ts';

export const applyCommand: Command = {
  name: 'apply',
  summary: 'Create or update workflows from definition files',
  args: [],
  options: {
    file: {
      type: 'string',
      short: 'f',
      multiple: true,
      required: true,
      value: 'path',
      help: 'A file, or a folder of files',
    },
    project: { type: 'string', short: 'p', required: true, value: 'name', help: 'The project, by name or id' },
    'create-project': { type: 'boolean', help: 'Create the project when it is not there' },
    online: { type: 'boolean', help: 'Put the workflows online, so that they can be started' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita apply -f workflows/ -p etl --create-project --online'],
  async run({ options }, io) {
    const files = readDefinitionFiles(options.file as string[], io.cwd);
    const client = connect(options, io);
    const project = String(options.project);
    await requireProject(client, project, options['create-project'] === true);
    for (const file of files) {
      const { what, version } = await applyOne(client, project, file);
      if (options.online === true) await client.workflows.online(project, file.name);
      io.print(`${what.padEnd(9)}  ${project}/${file.name} version ${version}`);
    }
    return EXIT.ok;
  },
};

async function requireProject(client: VaquitaClient, project: string, create: boolean): Promise<void> {
  try {
    await client.projects.get(project);
  } catch (thrown) {
    if (!isNotFound(thrown) || !create) throw thrown;
    await client.projects.create({ name: project });
  }
}

async function applyOne(
  client: VaquitaClient,
  project: string,
  file: DefinitionFile,
): Promise<{ readonly what: 'created' | 'updated' | 'unchanged'; readonly version: number }> {
  try {
    const saved = await client.workflows.save(project, file.name, file.text);
    return { what: saved.created ? 'updated' : 'unchanged', version: saved.version };
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
    const { version } = await client.workflows.create(project, file.text);
    return { what: 'created', version };
  }
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 'not_found';
}
