/** `apply`: makes the workflows of a project what the files say. */
import { ApiError, type VaquitaClient } from '@vaquita/client';
import { type Command, EXIT, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { type DefinitionFile, readDefinitionFiles } from '../definition-files.ts';
import { findWorkflow } from '../find-workflow.ts';
import { validateFiles } from './validate.ts';

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
    base: {
      type: 'string',
      value: 'n',
      help: 'Of one file: the version it was made from. Nothing is saved when that is not the newest any more (default: the newest)',
    },
    'dry-run': { type: 'boolean', help: 'Say what would be done, and do nothing' },
    ...CONNECTION_OPTIONS,
  },
  examples: [
    'vaquita apply -f workflows/ -p etl --create-project --online',
    'vaquita apply -f daily.yaml -p etl --base 4',
    'vaquita apply -f workflows/ -p etl --dry-run',
  ],
  async run({ options }, io) {
    const files = readDefinitionFiles(options.file as string[], io.cwd);
    const base = readBase(options, files);
    const client = connect(options, io);
    const project = String(options.project);
    if (options['dry-run'] === true) return validateFiles(files, { client, project }, io);
    await requireProject(client, project, options['create-project'] === true);
    for (const file of files) {
      const { what, version } = await applyOne(client, project, { ...file, base });
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

/** @throws UsageError */
function readBase({ base }: OptionValues, files: readonly DefinitionFile[]): number | undefined {
  if (base === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(String(base))) {
    throw new UsageError(`--base "${String(base)}" is not a version number.`, applyCommand);
  }
  if (files.length > 1) throw new UsageError('--base is the version of one workflow: name one file.', applyCommand);
  return Number(base);
}

/** A version that somebody saves after this has looked is not replaced unseen, also when no base is named. */
async function applyOne(
  client: VaquitaClient,
  project: string,
  { name, text, base }: DefinitionFile & { readonly base: number | undefined },
): Promise<{ readonly what: 'created' | 'updated' | 'unchanged'; readonly version: number }> {
  const there = await findWorkflow(client, project, name);
  if (there === undefined) {
    const { version } = await client.workflows.create(project, text);
    return { what: 'created', version };
  }
  const saved = await client.workflows.save(project, there.id, text, { baseVersion: base ?? there.version });
  return { what: saved.created ? 'updated' : 'unchanged', version: saved.version };
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === 'not_found';
}
