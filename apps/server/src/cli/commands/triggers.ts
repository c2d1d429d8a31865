/** `triggers …`: what starts workflows when something happens, and what has happened. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type {
  TriggerChange,
  TriggerConfigInput,
  TriggerCreate,
  TriggerTest,
  TriggerTestAnswer,
  TriggerView,
} from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { findTrigger } from '../find-trigger.ts';
import { table } from '../format.ts';
import { parseAssignments, parseWorkflowName } from '../names.ts';

const MAPPING = {
  map: {
    type: 'string',
    multiple: true,
    value: 'param=source',
    help: 'A parameter out of a path into the body, such as day=$.order.day, an output of the run before, or path, name, folder, size, modified, etag or worker of a file',
  },
} as const;
const WEBHOOK = {
  tolerance: { type: 'string', value: 'duration', help: 'How far the signed time may be off (default: 5m)' },
  github: { type: 'boolean', help: 'Also take deliveries signed by GitHub' },
} as const;
const AFTER = {
  on: { type: 'string', value: 'success|failure|end', help: 'Which ends count (default: success)' },
  backfills: { type: 'boolean', help: 'Runs of backfills count, too' },
} as const;
const FILE = {
  file: { type: 'string', value: 'path|address', help: 'Start for each new file there, such as "/in/*.csv"' },
  group: { type: 'string', value: 'worker group', help: 'With --file: whose workers look (default: default)' },
  every: { type: 'string', value: 'duration', help: 'With --file: time between two looks (default: 1m)' },
  settled: { type: 'string', value: 'duration', help: 'With --file: how long one must stay as it is (default: 30s)' },
} as const;
const CHOICES = {
  param: { type: 'string', multiple: true, value: 'name=value', help: 'A start parameter; may be repeated' },
  priority: { type: 'string', value: 'highest|high|medium|low|lowest', help: 'Default: medium' },
  'worker-group': { type: 'string', value: 'name', help: 'For tasks that name no group themselves' },
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
    printTrigger(await findTrigger(connect(options, io), args[0]!), io);
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
      config: configOf(options),
      start: startOf(options, createCommand),
      online: options.offline !== true,
    };
    const { secret, ...trigger } = await connect(options, io).triggers.create(project, workflow, body);
    printTrigger(trigger, io);
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
    printTrigger(await client.triggers.update(before.id, { ...change, revision: before.revision }), io);
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
      printTrigger(await client.triggers[word](id), io);
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
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita triggers test shop/ship/orders --body order.json'],
  async run({ args, options }, io) {
    const client = connect(options, io);
    const { id } = await findTrigger(client, args[0]!);
    const request: TriggerTest = {
      ...(options.body === undefined ? {} : { body: readJson(String(options.body), io) }),
      outputs: parseAssignments((options.output ?? []) as string[], '--output'),
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

/** Words are checked by the server, which names the ones it knows. */
type Words = Record<string, unknown>;

function mappingOf({ map }: OptionValues): Words {
  return map === undefined ? {} : { mapping: parseAssignments(map as string[], '--map') };
}

const OPTIONS_OF = {
  webhook: Object.keys(WEBHOOK),
  after: Object.keys(AFTER),
  file: Object.keys(FILE),
} as const;

function configOf(options: OptionValues): TriggerConfigInput {
  if (options.after !== undefined && options.file !== undefined) {
    throw new UsageError('--after and --file are two triggers: make one for each.', createCommand);
  }
  const kind = options.after !== undefined ? 'after' : options.file !== undefined ? 'file' : 'webhook';
  for (const [other, names] of Object.entries(OPTIONS_OF)) {
    const stray = names.find((name) => other !== kind && options[name] !== undefined);
    if (stray === undefined) continue;
    const goes = other === 'webhook' ? 'a webhook, without --after and --file' : `--${other}`;
    throw new UsageError(`--${stray} goes with ${goes}.`, createCommand);
  }
  const { tolerance, github, on, backfills, file, group, every, settled } = options;
  const config: Readonly<Record<typeof kind, Words>> = {
    webhook: { kind: 'webhook', tolerance, github },
    after: {
      kind: 'after_workflow',
      ...(kind === 'after' ? parseWorkflowName(String(options.after)) : {}),
      on,
      backfills,
    },
    file: { kind: 'file', path: file, workerGroup: group, every, settled },
  };
  return { ...config[kind], ...mappingOf(options) } as Words as TriggerConfigInput;
}

function changedConfig({ config }: TriggerView, options: OptionValues): TriggerConfigInput {
  const { tolerance, github, on, backfills, file: path, group: workerGroup, every, settled } = options;
  const all = { tolerance, github, on, backfills, path, workerGroup, every, settled };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  const change = { ...Object.fromEntries(given), ...mappingOf(options) };
  switch (config.kind) {
    case 'webhook': {
      const { path: _, ...before } = config;
      return { ...before, ...change } as TriggerConfigInput;
    }
    case 'after_workflow': {
      const { workflow, ...before } = config;
      const named = { workflow: workflow.id, ...(workflow.projectId === null ? {} : { project: workflow.projectId }) };
      return { ...before, ...named, ...change } as TriggerConfigInput;
    }
    case 'file':
      return { ...config, ...change } as TriggerConfigInput;
  }
}

function startOf(options: OptionValues, command: Command): NonNullable<TriggerCreate['start']> {
  const { version } = options;
  if (version !== undefined && !/^[1-9]\d*$/.test(String(version))) {
    throw new UsageError(`--version "${String(version)}" is not a version number.`, command);
  }
  const start: Words = {
    params: options.param === undefined ? undefined : parseAssignments(options.param as string[]),
    priority: options.priority,
    workerGroup: options['worker-group'],
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

function whatFor({ config }: TriggerView): string {
  switch (config.kind) {
    case 'webhook':
      return 'webhook';
    case 'after_workflow': {
      const { name, projectName } = config.workflow;
      return `${config.on} of ${name === null ? 'a workflow that is gone' : `${projectName}/${name}`}`;
    }
    case 'file':
      return `new ${config.path}`;
  }
}

function printTrigger(trigger: TriggerView, io: CommandIo): void {
  const { id, name, projectName, workflowName, workflowOnline, online, config, start, problem, lastFiring } = trigger;
  io.print(`${name}: ${whatFor(trigger)} starts ${projectName}/${workflowName}, ${online ? 'online' : 'offline'}`);
  io.print(`id: ${id}`);
  if (config.kind === 'webhook') io.print(`call: POST ${config.path}`);
  for (const [param, from] of Object.entries(config.mapping)) io.print(`  ${param} = ${from}`);
  for (const [param, value] of Object.entries(start.params)) io.print(`  ${param}: ${JSON.stringify(value)}`);
  if (!workflowOnline) io.print(`${projectName}/${workflowName} is offline: nothing is started`);
  if (problem !== null) io.print(`problem: ${problem}`);
  if (lastFiring !== null) io.print(`last firing: ${lastFiring.at} ${lastFiring.outcome}`);
}

function printSecret(secret: string | null, io: CommandIo): void {
  if (secret === null) return;
  io.print(`secret: ${secret}`);
  io.note('The secret is shown this once. Deliveries are signed with it.');
}

function printTest({ starts, params, version, problems }: TriggerTestAnswer, io: CommandIo): number {
  if (starts) {
    io.print(`would start version ${version}`);
    for (const [name, value] of Object.entries(params)) io.print(`  ${name}: ${JSON.stringify(value)}`);
    return EXIT.ok;
  }
  io.print('would start nothing');
  for (const { path, message } of problems) io.print(`  ${path}: ${message}`);
  return EXIT.failure;
}
