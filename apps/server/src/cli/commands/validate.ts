/** `validate`, and `apply --dry-run`: what the server would say to definition files, with nothing saved. */
import type { VaquitaClient } from '@vaquita/client';
import { type Command, type CommandIo, EXIT } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { type DefinitionFile, readDefinitionFiles } from '../definition-files.ts';
import { findWorkflow } from '../find-workflow.ts';

export const validateCommand: Command = {
  name: 'validate',
  summary: 'Check definition files against the server; nothing is saved',
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
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita validate -f workflows/ -p etl'],
  async run({ options }, io) {
    const files = readDefinitionFiles(options.file as string[], io.cwd);
    return validateFiles(files, { client: connect(options, io), project: String(options.project) }, io);
  },
};

/** Says of each file what `apply` would do. @returns the exit code: `failure` when one of them would be refused. */
export async function validateFiles(
  files: readonly DefinitionFile[],
  { client, project }: { readonly client: VaquitaClient; readonly project: string },
  io: CommandIo,
): Promise<number> {
  // A project that is not there is said once, and not as if each workflow were new.
  await client.projects.get(project);
  let exit: number = EXIT.ok;
  for (const file of files) {
    const there = await findWorkflow(client, project, file.name);
    const { ok, problems, outcome, version } = await client.workflows.validate(project, file.text, {
      workflow: there?.id,
    });
    if (ok) {
      const would = outcome === 'unchanged' ? 'would stay unchanged at' : `would be ${outcome} as`;
      io.print(`${file.path}: ${project}/${file.name} ${would} version ${version}`);
      continue;
    }
    exit = EXIT.failure;
    io.print(`${file.path}: ${project}/${file.name} would be refused`);
    for (const problem of problems) io.print(`  ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`);
  }
  return exit;
}
