/** `data-sources …`: databases and services that tasks name. */
import type { DataSourceCreate, DataSourceDetail } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';
import { pairsOf } from '../pair-options.ts';
import { SCOPE_OPTION, scopeOf } from '../scope-option.ts';

const CONTENT_OPTIONS = {
  set: {
    type: 'string',
    multiple: true,
    value: 'setting=value',
    help: 'A setting that everybody may see, such as address=… or headers.Accept=…; may be repeated',
  },
  secret: {
    type: 'string',
    multiple: true,
    value: 'use=secret',
    help: 'A secret and what it is for, such as token=…; may be repeated',
  },
  description: { type: 'string', value: 'text', help: 'What it is for' },
} as const satisfies Record<string, OptionSpec>;

const kindsCommand: Command = {
  name: 'data-sources kinds',
  summary: 'Show the kinds of data sources, their settings and the secrets they take',
  args: [],
  options: CONNECTION_OPTIONS,
  examples: ['vaquita data-sources kinds'],
  async run({ options }, io) {
    const { items } = await connect(options, io).dataSources.kinds();
    for (const { kind, title, taskType, schema, secrets } of items) {
      io.print(`${kind}: ${title}, for tasks of the type ${taskType}`);
      const required = (schema.required ?? []) as readonly string[];
      const settings = Object.entries((schema.properties ?? {}) as Record<string, { description?: string }>);
      for (const [name, { description = '' }] of settings) {
        io.print(`  --set ${name}=…  ${required.includes(name) ? '(needed) ' : ''}${description}`);
      }
      for (const { name, description } of secrets) io.print(`  --secret ${name}=…  ${description}`);
    }
    return EXIT.ok;
  },
};

const listCommand: Command = {
  name: 'data-sources list',
  summary: 'List data sources',
  args: [],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita data-sources list --project shop'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const one of connect(options, io).dataSources.all(scopeOf(options))) {
      rows.push([one.name, one.project ?? '(all)', one.kind, String(one.settings.address ?? ''), one.description]);
    }
    for (const line of table(['NAME', 'PROJECT', 'KIND', 'ADDRESS', 'DESCRIPTION'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'data-sources show',
  summary: 'Show a data source, its settings and who uses it',
  args: ['data-source'],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita data-sources show warehouse --project shop'],
  async run({ args, options }, io) {
    print(await connect(options, io).dataSources.get(args[0]!, scopeOf(options)), io);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'data-sources create',
  summary: 'Create a data source, of a project or for all projects',
  args: ['data-source'],
  options: {
    kind: { type: 'string', value: 'kind', help: 'See data-sources kinds' },
    ...CONTENT_OPTIONS,
    ...SCOPE_OPTION,
    ...CONNECTION_OPTIONS,
  },
  examples: [
    "vaquita data-sources create warehouse --kind libsql --set address=libsql://db.example --secret token='db token'",
  ],
  async run({ args, options }, io) {
    if (options.kind === undefined)
      throw new UsageError('Say what it is: --kind libsql or --kind http.', createCommand);
    const { description, settings, secrets } = contentOf(options, createCommand);
    const body: DataSourceCreate = {
      ...{ name: args[0]!, kind: String(options.kind), ...scopeOf(options), settings: withSettings({}, settings) },
      ...{ secrets: Object.fromEntries(secrets), ...description },
    };
    print(await connect(options, io).dataSources.create(body, { idempotencyKey: crypto.randomUUID() }), io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'data-sources edit',
  summary: 'Set or take away settings and secrets of a data source, or give it another name',
  args: ['data-source'],
  options: {
    ...CONTENT_OPTIONS,
    unset: { type: 'string', multiple: true, value: 'name', help: 'Take a setting or a secret away; may be repeated' },
    name: { type: 'string', value: 'name', help: 'Another name, while nothing uses it' },
    ...SCOPE_OPTION,
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita data-sources edit warehouse --set address=libsql://new.example --unset token'],
  async run({ args, options }, io) {
    const { dataSources } = connect(options, io);
    const before = await dataSources.get(args[0]!, scopeOf(options));
    const given = contentOf(options, editCommand);
    const settings = withSettings(before.settings, given.settings);
    const secrets: Record<string, string> = { ...before.secrets, ...Object.fromEntries(given.secrets) };
    const gone = (options.unset ?? []) as readonly string[];
    for (const name of gone) {
      const [place, key] = Object.hasOwn(secrets, name) ? [secrets, name] : placeOf(settings, name);
      if (!Object.hasOwn(place, key)) throw new UsageError(`--unset ${name}: there is no such setting.`, editCommand);
      delete place[key];
    }
    const change = {
      ...given.description,
      ...(given.settings.length + gone.length > 0 ? { settings } : {}),
      ...(given.secrets.length + gone.length > 0 ? { secrets } : {}),
      ...(options.name === undefined ? {} : { name: String(options.name) }),
    };
    if (Object.keys(change).length === 0) throw new UsageError('Give an option that changes something.', editCommand);
    print(await dataSources.update(before.id, { ...change, revision: before.revision }), io);
    return EXIT.ok;
  },
};

const testCommand: Command = {
  name: 'data-sources test',
  summary: 'Try to reach a data source, and say what happened',
  args: ['data-source'],
  options: {
    group: { type: 'string', value: 'group', help: 'Whose workers look for a file; left out: default' },
    ...SCOPE_OPTION,
    ...CONNECTION_OPTIONS,
  },
  examples: ['vaquita data-sources test warehouse'],
  async run({ args, options }, io) {
    const body = options.group === undefined ? {} : { workerGroup: String(options.group) };
    const { outcome, message } = await connect(options, io).dataSources.test(args[0]!, body, scopeOf(options));
    io.print(message);
    return outcome === 'reached' ? EXIT.ok : EXIT.failure;
  },
};

const deleteCommand: Command = {
  name: 'data-sources delete',
  summary: 'Delete a data source that nothing uses',
  args: ['data-source'],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita data-sources delete staging'],
  async run({ args, options }, io) {
    await connect(options, io).dataSources.delete(args[0]!, scopeOf(options));
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

export const dataSourceCommands: readonly Command[] = [
  ...[kindsCommand, listCommand, showCommand, createCommand, editCommand, testCommand, deleteCommand],
];

function contentOf(options: OptionValues, command: Command) {
  return {
    description: options.description === undefined ? {} : { description: String(options.description) },
    settings: pairsOf(options, { option: 'set', value: 'value', command }),
    secrets: pairsOf(options, { option: 'secret', value: 'secret', command }),
  };
}

type Tree = Record<string, unknown>;

/** `headers.Accept` is the header of the settings; every other name is a setting. */
function withSettings(before: Readonly<Tree>, given: readonly (readonly [string, string])[]): Tree {
  const settings = structuredClone(before) as Tree;
  for (const [name, value] of given) {
    const [place, key] = placeOf(settings, name);
    place[key] = value;
  }
  return settings;
}

function placeOf(settings: Tree, name: string): [Tree, string] {
  const header = /^headers\.(.+)$/.exec(name)?.[1];
  if (header === undefined) return [settings, name];
  const headers = { ...(settings.headers as Tree | undefined) };
  settings.headers = headers;
  return [headers, header];
}

function print({ name, project, kind, description, settings, secrets, usedBy }: DataSourceDetail, io: CommandIo): void {
  const whose = project === null ? '' : ` of ${project}`;
  io.print(`${name} (${kind})${whose}${description === '' ? '' : `: ${description}`}`);
  const { headers = {}, ...rest } = settings;
  const rows = [
    ...Object.entries(rest).map(([setting, value]) => [setting, String(value)]),
    ...Object.entries(headers as object).map(([header, value]) => [`headers.${header}`, String(value)]),
    ...Object.entries(secrets).map(([use, secret]) => [use, `(secret ${secret})`]),
  ];
  for (const line of table(['SETTING', 'VALUE'], rows)) io.print(line);
  const users = [
    ...usedBy.workflows.map((one) => `${one.project}/${one.workflow}`),
    ...(usedBy.runs > 0 ? [`runs: ${usedBy.runs}`] : []),
  ];
  if (users.length > 0) io.print(`used by: ${users.join(', ')}`);
}
