/** `workflows …`: lists definitions, and moves many of them at once. */
import { readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { ImportAnswer, ListedWorkflow } from '@vaquita/client';
import { AppError } from '@vaquita/core';
import { type Command, type CommandIo, EXIT, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { definitionPaths } from '../definition-files.ts';
import { table } from '../format.ts';
import { limitOf } from '../list-limit.ts';

const DEFAULT_LIMIT = 50;
const MAX_PAGE = 100;

const listCommand: Command = {
  name: 'workflows list',
  summary: 'List workflows by name, with their newest run and what starts them next',
  args: [],
  options: {
    project: { type: 'string', short: 'p', value: 'name', help: 'Of this project (default: of all)' },
    name: { type: 'string', value: 'beginning', help: 'Whose names begin so' },
    online: { type: 'boolean', help: 'Only those that can be started' },
    offline: { type: 'boolean', help: 'Only the others' },
    limit: { type: 'string', value: 'n', help: `How many at most (default: ${DEFAULT_LIMIT})` },
    json: { type: 'boolean', help: 'One JSON object per line instead of a table' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita workflows list -p etl --name daily', 'vaquita workflows list --offline --json'],
  async run({ options }, io) {
    const limit = limitOf(options, DEFAULT_LIMIT, listCommand);
    const query = { ...filterOf(options), limit: Math.min(limit, MAX_PAGE) };
    const rows: string[][] = [];
    let count = 0;
    for await (const workflow of connect(options, io).workflows.allOverviews(query)) {
      count += 1;
      if (options.json === true) io.print(JSON.stringify(workflow));
      else rows.push(rowOf(workflow));
      if (count >= limit) break;
    }
    if (rows.length > 0) {
      const head = ['WORKFLOW', 'ONLINE', 'VERSION', 'TASKS', 'NEWEST RUN', 'NEXT RUN'];
      for (const line of table(head, rows)) io.print(line);
    } else if (count === 0) io.note('No workflow matches.');
    return EXIT.ok;
  },
};

function filterOf({ project, name, online, offline }: OptionValues) {
  if (online === true && offline === true) throw new UsageError('Give --online or --offline, not both.', listCommand);
  return {
    ...(project === undefined ? {} : { project: String(project) }),
    ...(name === undefined ? {} : { name: String(name) }),
    ...(online === true || offline === true ? { online: online === true } : {}),
  };
}

function rowOf({ projectName, name, online, version, taskCount, runs, schedule }: ListedWorkflow): string[] {
  const newest = runs[0] === undefined ? '-' : `${runs[0].state} ${runs[0].createdAt}`;
  return [
    `${projectName}/${name}`,
    online ? 'yes' : 'no',
    String(version),
    String(taskCount),
    newest,
    schedule?.nextAt ?? '-',
  ];
}

const exportCommand: Command = {
  name: 'workflows export',
  summary: 'Write definitions of a project as one bundle',
  args: ['project'],
  more: 'workflow',
  options: {
    json: { type: 'boolean', help: 'JSON instead of YAML' },
    output: { type: 'string', short: 'o', value: 'file', help: 'Write there (default: to the output)' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita workflows export etl -o etl.yaml', 'vaquita workflows export etl daily weekly --json'],
  async run({ args, options }, io) {
    const [project, ...workflows] = args as [string, ...string[]];
    const client = connect(options, io);
    // A name may hold a comma, which would part names in an address; an id holds none.
    const ids = await Promise.all(workflows.map(async (name) => (await client.workflows.get(project, name)).id));
    const text = await client.workflows.exportBundle(project, {
      ...(ids.length === 0 ? {} : { workflow: ids }),
      format: options.json === true ? 'json' : 'yaml',
    });
    if (options.output === undefined) io.write(text);
    else {
      writeFileSync(resolve(io.cwd, String(options.output)), text);
      io.print(String(options.output));
    }
    return EXIT.ok;
  },
};

const importCommand: Command = {
  name: 'workflows import',
  summary: 'Create and update workflows from bundles and definition files, each for itself',
  args: ['file'],
  more: 'file',
  options: {
    project: { type: 'string', short: 'p', required: true, value: 'name', help: 'The project, by name or id' },
    'dry-run': { type: 'boolean', help: 'Say what would be done, with what differs, and do nothing' },
    json: { type: 'boolean', help: 'What became of each workflow, one JSON object per line' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita workflows import etl.yaml -p etl --dry-run', 'vaquita workflows import etl.yaml more/ -p etl'],
  async run({ args, options }, io) {
    const files = readTexts(args, io.cwd);
    const client = connect(options, io);
    const dryRun = options['dry-run'] === true;
    let refused = 0;
    for (const file of files) {
      const answer = await client.workflows.importBundle(String(options.project), file.text, { dryRun });
      refused += answer.counts.refused;
      if (options.json === true)
        for (const item of answer.items) io.print(JSON.stringify({ file: file.path, ...item }));
      else tell(file.path, answer, io);
    }
    return refused === 0 ? EXIT.ok : EXIT.failure;
  },
};

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** Every file is read before any is sent. @throws AppError `bad_request` */
function readTexts(given: readonly string[], cwd: string): readonly TextFile[] {
  return definitionPaths(given, cwd).map((path) => {
    const fromHere = relative(cwd, path);
    const shown = fromHere.startsWith('..') ? path : fromHere;
    try {
      return { path: shown, text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)) };
    } catch (cause) {
      throw new AppError('bad_request', `${shown} is not UTF-8 text. Nothing was imported.`, { cause });
    }
  });
}

const WOULD = { created: 'new', updated: 'differs', unchanged: 'same', refused: 'refused' } as const;

function tell(path: string, { items, dryRun, projectName }: ImportAnswer, io: CommandIo): void {
  for (const { place, name, outcome, version, problems, diff } of items) {
    const what = (dryRun ? WOULD[outcome] : outcome).padEnd(9);
    const where = place === '' ? path : `${path}, ${place}`;
    io.print(`${what}  ${projectName}/${name ?? '?'}${version === null ? '' : ` version ${version}`}  (${where})`);
    for (const problem of problems) io.print(`  ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`);
    for (const line of diff?.text.split('\n') ?? []) if (line !== '') io.print(`  ${line}`);
  }
}

export const workflowCommands: readonly Command[] = [listCommand, exportCommand, importCommand];
