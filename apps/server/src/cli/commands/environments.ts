/** `environments …`: variables that tasks get. */
import type { EnvironmentCreate, EnvironmentDetail, EnvironmentVariableView } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';
import { pairsOf } from '../pair-options.ts';
import { SCOPE_OPTION, scopeOf } from '../scope-option.ts';

const CONTENT_OPTIONS = {
  set: {
    type: 'string',
    multiple: true,
    value: 'NAME=value',
    help: 'A variable that everybody may see; may be repeated',
  },
  secret: {
    type: 'string',
    multiple: true,
    value: 'NAME=secret',
    help: 'A variable with the value of a secret; may be repeated',
  },
  description: { type: 'string', value: 'text', help: 'What it is for' },
} as const satisfies Record<string, OptionSpec>;

const listCommand: Command = {
  name: 'environments list',
  summary: 'List environments',
  args: [],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita environments list --project shop'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const { name, project, variables, description } of connect(options, io).environments.all(
      scopeOf(options),
    )) {
      rows.push([name, project ?? '(all)', variables.map((variable) => variable.name).join(',') || '-', description]);
    }
    for (const line of table(['NAME', 'PROJECT', 'VARIABLES', 'DESCRIPTION'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'environments show',
  summary: 'Show an environment, its variables and who uses it',
  args: ['environment'],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita environments show production --project shop'],
  async run({ args, options }, io) {
    print(await connect(options, io).environments.get(args[0]!, scopeOf(options)), io);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'environments create',
  summary: 'Create an environment, of a project or for all projects',
  args: ['environment'],
  options: { ...CONTENT_OPTIONS, ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ["vaquita environments create production --set REGION=eu --secret DB_PASSWORD='warehouse password'"],
  async run({ args, options }, io) {
    const { variables, ...rest } = contentOf(options, createCommand);
    const body: EnvironmentCreate = { name: args[0]!, ...rest, ...scopeOf(options), variables: variables ?? [] };
    const idempotencyKey = crypto.randomUUID();
    print(await connect(options, io).environments.create(body, { idempotencyKey }), io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'environments edit',
  summary: 'Set or take away variables of an environment, or give it another name',
  args: ['environment'],
  options: {
    ...CONTENT_OPTIONS,
    unset: { type: 'string', multiple: true, value: 'NAME', help: 'Take a variable away; may be repeated' },
    name: { type: 'string', value: 'name', help: 'Another name, while nothing uses it' },
    ...SCOPE_OPTION,
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita environments edit production --set REGION=us --unset OLD'],
  async run({ args, options }, io) {
    const { environments } = connect(options, io);
    const before = await environments.get(args[0]!, scopeOf(options));
    const { variables: given, ...rest } = contentOf(options, editCommand);
    const gone = (options.unset ?? []) as readonly string[];
    const unknown = gone.find((name) => before.variables.every((variable) => variable.name !== name));
    if (unknown !== undefined) throw new UsageError(`--unset ${unknown}: there is no such variable.`, editCommand);
    const variables =
      given === undefined && gone.length === 0 ? undefined : merged(before.variables, given ?? [], gone);
    const change = {
      ...rest,
      ...(variables === undefined ? {} : { variables }),
      ...(options.name === undefined ? {} : { name: String(options.name) }),
    };
    if (Object.keys(change).length === 0) throw new UsageError('Give an option that changes something.', editCommand);
    print(await environments.update(before.id, { ...change, revision: before.revision }), io);
    return EXIT.ok;
  },
};

const deleteCommand: Command = {
  name: 'environments delete',
  summary: 'Delete an environment that nothing uses',
  args: ['environment'],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita environments delete staging'],
  async run({ args, options }, io) {
    await connect(options, io).environments.delete(args[0]!, scopeOf(options));
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

export const environmentCommands: readonly Command[] = [
  ...[listCommand, showCommand, createCommand, editCommand, deleteCommand],
];

/** @throws UsageError which repeats no value. */
function contentOf(
  options: OptionValues,
  command: Command,
): { readonly description?: string; readonly variables?: EnvironmentVariableView[] } {
  const plain = pairsOf(options, { option: 'set', value: 'value', command });
  const secrets = pairsOf(options, { option: 'secret', value: 'secret', command });
  const variables = [
    ...plain.map(([name, value]) => ({ name, value, secret: null })),
    ...secrets.map(([name, secret]) => ({ name, value: null, secret })),
  ];
  return {
    ...(options.description === undefined ? {} : { description: String(options.description) }),
    ...(variables.length === 0 ? {} : { variables }),
  };
}

/** Those that stay keep their place. */
function merged(
  before: readonly EnvironmentVariableView[],
  given: readonly EnvironmentVariableView[],
  gone: readonly string[],
): EnvironmentVariableView[] {
  const all = new Map([...before, ...given].map((variable) => [variable.name, variable]));
  return [...all.values()].filter(({ name }) => !gone.includes(name));
}

function print({ name, project, description, variables, usedBy }: EnvironmentDetail, io: CommandIo): void {
  io.print(`${name}${project === null ? '' : ` of ${project}`}${description === '' ? '' : `: ${description}`}`);
  const rows = variables.map((one) => [one.name, one.secret === null ? (one.value ?? '') : `(secret ${one.secret})`]);
  if (rows.length > 0) for (const line of table(['VARIABLE', 'VALUE'], rows)) io.print(line);
  const users = [
    ...usedBy.workflows.map((one) => `${one.project}/${one.workflow}`),
    ...[...usedBy.schedules, ...usedBy.triggers].map((one) => `${one.project}/${one.workflow}/${one.name}`),
    ...(usedBy.backfills > 0 ? [`backfills: ${usedBy.backfills}`] : []),
    ...(usedBy.runs > 0 ? [`runs: ${usedBy.runs}`] : []),
  ];
  if (users.length > 0) io.print(`used by: ${users.join(', ')}`);
}
