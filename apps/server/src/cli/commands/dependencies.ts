/** `dependencies`: which workflows start or wait for which others. */
import type { DependencyLink } from '@vaquita/client';
import { type Command, EXIT, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';

export const dependenciesCommand: Command = {
  name: 'dependencies',
  summary: 'List which workflows start or wait for which others, of a project or around one workflow',
  args: ['project'],
  more: 'workflow',
  options: {
    depth: { type: 'string', value: 'n', help: 'How many links away from the workflow (default: 2)' },
    json: { type: 'boolean', help: 'The whole answer as one JSON document' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita dependencies etl', 'vaquita dependencies etl daily-report --depth 5'],
  async run({ args, options }, io) {
    const [project = '', workflow, ...others] = args;
    if (others.length > 0) throw new UsageError(`"${others[0]}" is one argument too many.`, dependenciesCommand);
    const depth = options.depth === undefined ? undefined : Number(options.depth);
    if (depth !== undefined && workflow === undefined) {
      throw new UsageError(
        '--depth says how far to look from a workflow. Name one, or leave it out.',
        dependenciesCommand,
      );
    }
    const client = connect(options, io);
    const found =
      workflow === undefined
        ? await client.projects.dependencies(project)
        : await client.workflows.dependencies(project, workflow, { depth });
    if (options.json) {
      io.print(JSON.stringify(found));
      return EXIT.ok;
    }
    const nameOf = new Map(
      found.nodes.map((node) => [
        node.key,
        `${node.projectName}/${node.name}${node.id === null ? ' (not there)' : ''}`,
      ]),
    );
    const rows = found.links.map((link) => [nameOf.get(link.from)!, nameOf.get(link.to)!, link.kind, sentenceOf(link)]);
    for (const line of table(['FIRST', 'THEN', 'KIND', 'SAID BY'], rows)) io.print(line);
    if (found.cutShort) io.note('There are more than are shown.');
    return EXIT.ok;
  },
};

function sentenceOf({ task, trigger, range, ofTask, enabled }: DependencyLink): string {
  const said = task === null ? `trigger ${trigger?.name}` : `task ${task}`;
  const which = [ofTask === null ? '' : `its task ${ofTask}`, range ?? ''].filter((text) => text !== '');
  const about = [...which, ...(enabled ? [] : ['switched off'])];
  return about.length === 0 ? said : `${said} (${about.join(', ')})`;
}
