/** `triggers …`: what starts workflows when something happens, and what has happened. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TriggerChange, TriggerCreate, TriggerTest } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect, findConnection } from '../connection.ts';
import { findTrigger } from '../find-trigger.ts';
import { table } from '../format.ts';
import { parseAssignments, parseWorkflowName } from '../names.ts';
import { printSecret, printTest, printTrigger, whatFor } from '../print-trigger.ts';
import { AFTER, changedConfig, configOf, FILE, MAPPING, WEBHOOK } from '../trigger-config.ts';

const CHOICES = {
  param: { type: 'string', multiple: true, value: 'name=value', help: 'A start parameter; may be repeated' },
  priority: { type: 'string', value: 'highest|high|medium|low|lowest', help: 'Default: medium' },
  'worker-group': { type: 'string', value: 'name', help: 'For tasks that name no group themselves' },
  environment: { type: 'string', value: 'name', help: 'For tasks that name none themselves' },
  'alert-on': { type: 'string', value: 'none|success|failure|all', help: 'After which ends an alert group is told' },
  'alert-group': { type: 'string', value: 'name', help: 'The alert group that is told' },
  version: { type: 'string', value: 'n', help: 'A version to stay with' },
} as const;
const DESCRIPTION = { description: { type: 'string', value: 'text', help: 'What it is for' } } as const;

const listCommand: Command = {
  name: 'triggers list',
  summary: 'List triggers',
  args: [],
  options: {
    project: { type: 'string', value: 'project', help: 'Only of this project' },
    kind: { type: 'string', value: 'webhook|after_workflow|file', help: 'Only of this kind' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita triggers list --project shop'],
  async run({ options }, io) {
    const query = { project: options.project, kind: options.kind } as Parameters<typeof triggers.all>[0];
    const { triggers } = connect(options, io);
    const rows: string[][] = [];
    for await (const trigger of triggers.all(query)) {
      const { projectName, workflowName, name, online, lastFiring, id } = trigger;
      const last = lastFiring === null ? 'never' : `${lastFiring.at} ${lastFiring.outcome}`;
      const starts = `${projectName}/${workflowName}`;
      rows.push([starts, name, whatFor(trigger), online ? 'online' : 'offline', last, id]);
    }
    for (const line of table(['STARTS', 'NAME', 'WHEN', 'STATUS', 'LAST FIRING', 'ID'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'triggers show',
  summary: 'Show a trigger',
  args: ['trigger'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita triggers show shop/ship/orders'],
  async run({ args, options }, io) {
    printTrigger(await findTrigger(connect(options, io), args[0]!), io, findConnection(options, io).url);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'triggers create',
  summary: 'Make a trigger that starts a workflow: a webhook, after another workflow, or for each new file',
  args: ['project/workflow', 'trigger'],
  options: {
    after: { type: 'string', value: 'project/workflow', help: 'Start after this workflow; left out: a webhook' },
    ...{ ...MAPPING, ...WEBHOOK, ...AFTER, ...FILE, ...CHOICES, ...DESCRIPTION },
    offline: { type: 'boolean', help: 'Let it notice nothing until it is put online' },
    ...CONNECTION_OPTIONS,
  },
  examples: [
    'vaquita triggers create shop/ship orders --map "order=$.order.id"',
    'vaquita triggers create shop/report nightly --after shop/load --on success --map file=exported_file',
    "vaquita triggers create shop/load new-files --file '/in/*.csv' --group etl --map file=path",
  ],
  async run({ args, options }, io) {
    const { project, workflow } = parseWorkflowName(args[0]!);
    const body: TriggerCreate = {
      name: args[1]!,
      description: String(options.description ?? ''),
      config: configOf(options, createCommand),
      start: startOf(options, createCommand),
      online: options.offline !== true,
    };
    const { secret, ...trigger } = await connect(options, io).triggers.create(project, workflow, body);
    printTrigger(trigger, io, findConnection(options, io).url);
    printSecret(secret, io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'triggers edit',
  summary: 'Change a trigger; what is not named stays',
  args: ['trigger'],
  options: {
    name: { type: 'string', value: 'name', help: 'Another name' },
    ...{ ...MAPPING, ...WEBHOOK, ...AFTER, ...FILE, ...CHOICES, ...DESCRIPTION },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita triggers edit shop/ship/orders --map "order=$.id" --priority high'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const before = await findTrigger(client, args[0]!);
    const isGiven = (names: object) => Object.keys(names).some((name) => options[name] !== undefined);
    const change: TriggerChange = {
      ...(options.name === undefined ? {} : { name: String(options.name) }),
      ...(options.description === undefined ? {} : { description: String(options.description) }),
      ...(isGiven({ ...MAPPING, ...WEBHOOK, ...AFTER, ...FILE }) ? { config: changedConfig(before, options) } : {}),
      ...(isGiven(CHOICES) ? { start: { ...before.start, ...startOf(options, editCommand) } } : {}),
    };
    if (Object.keys(change).length === 0) throw new UsageError('Give something to change.', editCommand);
    const changed = await client.triggers.update(before.id, { ...change, revision: before.revision });
    printTrigger(changed, io, findConnection(options, io).url);
    return EXIT.ok;
  },
};

function switchCommand(word: 'online' | 'offline', summary: string): Command {
  return {
    name: `triggers ${word}`,
    summary,
    args: ['trigger'],
    options: CONNECTION_OPTIONS,
    examples: [`vaquita triggers ${word} shop/ship/orders`],
    async run({ args, options }, io) {
      const client = connect(options, io);
      const { id } = await findTrigger(client, args[0]!);
      printTrigger(await client.triggers[word](id), io, findConnection(options, io).url);
      return EXIT.ok;
    },
  };
}

const rotateCommand: Command = {
  name: 'triggers rotate-secret',
  summary: 'Give a webhook another secret',
  args: ['trigger'],
  options: {
    'keep-old': { type: 'string', value: 'duration', help: 'How long the old one is still taken (default: 0s)' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita triggers rotate-secret shop/ship/orders --keep-old 1h'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const { id } = await findTrigger(client, args[0]!);
    const body = options['keep-old'] === undefined ? {} : { keepOldFor: String(options['keep-old']) };
    printSecret((await client.triggers.rotateSecret(id, body)).secret, io);
    return EXIT.ok;
  },
};

const testCommand: Command = {
  name: 'triggers test',
  summary: 'Say what a trigger would start, and start nothing',
  args: ['trigger'],
  options: {
    body: { type: 'string', value: 'file', help: 'Of a webhook: a JSON body' },
    output: { type: 'string', multiple: true, value: 'name=value', help: 'An output of the run that has ended' },
    path: {
      type: 'string',
      value: 'path',
      help: 'Of a file that is made up; left out, the workers look what is there',
    },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita triggers test shop/ship/orders --body order.json', 'vaquita triggers test shop/load/new-files'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const { id } = await findTrigger(client, args[0]!);
    const request: TriggerTest = {
      ...(options.body === undefined ? {} : { body: readJson(String(options.body), io) }),
      outputs: parseAssignments((options.output ?? []) as string[], '--output'),
      ...(options.path === undefined ? {} : { file: { path: String(options.path) } }),
    };
    return printTest(await client.triggers.test(id, request), io);
  },
};

const firingsCommand: Command = {
  name: 'triggers firings',
  summary: 'What a trigger has noticed, newest first',
  args: ['trigger'],
  options: {
    outcome: { type: 'string', value: 'run|seen|refused', help: 'Only these' },
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita triggers firings shop/ship/orders --outcome refused'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const id = args[0]!.includes('/') ? (await findTrigger(client, args[0]!)).id : args[0]!;
    const query = { limit: 100, outcome: options.outcome } as Parameters<typeof client.triggers.firings>[1];
    const rows = (await client.triggers.firings(id, query)).items.map(
      ({ at, outcome, workflowInstanceId, about, reason }) => {
        const what = Object.entries(about).map(([name, value]) => `${name}=${value}`);
        return [at, outcome, workflowInstanceId ?? '', what.join(' '), reason ?? ''];
      },
    );
    for (const line of table(['AT', 'OUTCOME', 'RUN', 'ABOUT', 'REASON'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const deleteCommand: Command = {
  name: 'triggers delete',
  summary: 'Delete a trigger; the runs it has started go on',
  args: ['trigger'],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita triggers delete shop/ship/orders'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    await client.triggers.delete((await findTrigger(client, args[0]!)).id);
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

export const triggerCommands: readonly Command[] = [
  ...[listCommand, showCommand, createCommand, editCommand],
  switchCommand('online', 'Have a trigger notice what happens from now on'),
  switchCommand('offline', 'Have a trigger notice nothing'),
  ...[rotateCommand, testCommand, firingsCommand, deleteCommand],
];

function startOf(options: OptionValues, command: Command): NonNullable<TriggerCreate['start']> {
  const { version } = options;
  if (version !== undefined && !/^[1-9]\d*$/.test(String(version))) {
    throw new UsageError(`--version "${String(version)}" is not a version number.`, command);
  }
  const start: Record<string, unknown> = {
    params: options.param === undefined ? undefined : parseAssignments(options.param as string[]),
    priority: options.priority,
    workerGroup: options['worker-group'],
    environment: options.environment,
    alertOn: options['alert-on'],
    alertGroup: options['alert-group'],
    version: version === undefined ? undefined : Number(version),
  };
  return Object.fromEntries(Object.entries(start).filter(([, value]) => value !== undefined));
}

/** @throws UsageError */
function readJson(file: string, io: CommandIo): unknown {
  try {
    return JSON.parse(readFileSync(resolve(io.cwd, file), 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file} cannot be read as JSON: ${why}`, testCommand);
  }
}
