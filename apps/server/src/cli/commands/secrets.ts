/** `secrets …`: values that tasks get and nobody is shown. A value never stands on the command line, which others can read. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SecretDetail } from '@vaquita/client';
import { type Command, type CommandIo, EXIT, type OptionSpec, type OptionValues, UsageError } from '../command.ts';
import { CONNECTION_OPTIONS, connect } from '../connection.ts';
import { table } from '../format.ts';
import { SCOPE_OPTION, scopeOf } from '../scope-option.ts';

const VALUE_OPTIONS = {
  'from-file': { type: 'string', value: 'path', help: 'Its value is in a file; -: it comes on the standard input' },
  'from-env': { type: 'string', value: 'NAME', help: 'Its value is in a variable of this shell' },
  description: { type: 'string', value: 'text', help: 'What it is for' },
} as const satisfies Record<string, OptionSpec>;

const listCommand: Command = {
  name: 'secrets list',
  summary: 'List secrets, without their values',
  args: [],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ['vaquita secrets list'],
  async run({ options }, io) {
    const rows: string[][] = [];
    for await (const secret of connect(options, io).secrets.all(scopeOf(options))) {
      const { name, project, updatedAt, updatedBy, description } = secret;
      rows.push([name, project ?? '(all)', updatedAt, updatedBy, description]);
    }
    for (const line of table(['NAME', 'PROJECT', 'CHANGED', 'BY', 'DESCRIPTION'], rows)) io.print(line);
    return EXIT.ok;
  },
};

const showCommand: Command = {
  name: 'secrets show',
  summary: 'Show a secret and who uses it, without its value',
  args: ['secret'],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ["vaquita secrets show 'warehouse password'"],
  async run({ args, options }, io) {
    print(await connect(options, io).secrets.get(args[0]!, scopeOf(options)), io);
    return EXIT.ok;
  },
};

const createCommand: Command = {
  name: 'secrets create',
  summary: 'Create a secret, of a project or for all projects',
  args: ['secret'],
  options: { ...VALUE_OPTIONS, ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ["vaquita secrets create 'warehouse password' --from-file password.txt"],
  async run({ args, options }, io) {
    const value = givenValue(options, io, createCommand);
    if (value === undefined) throw new UsageError('Give its value with --from-file or --from-env.', createCommand);
    const body = { name: args[0]!, value, ...descriptionOf(options), ...scopeOf(options) };
    print(await connect(options, io).secrets.create(body), io);
    return EXIT.ok;
  },
};

const editCommand: Command = {
  name: 'secrets edit',
  summary: 'Give a secret another value or description',
  args: ['secret'],
  options: { ...VALUE_OPTIONS, ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ["vaquita secrets edit 'warehouse password' --from-env NEW_PASSWORD"],
  async run({ args, options }, io) {
    const value = givenValue(options, io, editCommand);
    const change = { ...(value === undefined ? {} : { value }), ...descriptionOf(options) };
    if (Object.keys(change).length === 0) throw new UsageError('Give an option that changes something.', editCommand);
    print(await connect(options, io).secrets.update(args[0]!, change, scopeOf(options)), io);
    return EXIT.ok;
  },
};

const deleteCommand: Command = {
  name: 'secrets delete',
  summary: 'Delete a secret that nothing uses',
  args: ['secret'],
  options: { ...SCOPE_OPTION, ...CONNECTION_OPTIONS },
  examples: ["vaquita secrets delete 'warehouse password'"],
  async run({ args, options }, io) {
    await connect(options, io).secrets.delete(args[0]!, scopeOf(options));
    io.print(`deleted ${args[0]}`);
    return EXIT.ok;
  },
};

export const secretCommands: readonly Command[] = [
  ...[listCommand, showCommand, createCommand, editCommand, deleteCommand],
];

function descriptionOf({ description }: OptionValues) {
  return description === undefined ? {} : { description: String(description) };
}

/** Undefined when none is given. @throws UsageError which repeats no value. */
function givenValue(options: OptionValues, io: CommandIo, command: Command): string | undefined {
  const { 'from-file': file, 'from-env': variable } = options;
  if (file !== undefined && variable !== undefined) {
    throw new UsageError('Give --from-file or --from-env, not both.', command);
  }
  if (file !== undefined) return readValue(String(file), io, command);
  if (variable === undefined) return undefined;
  const value = io.env[String(variable)];
  if (value === undefined) throw new UsageError(`There is no variable ${String(variable)} in this shell.`, command);
  return value;
}

/** A file ends with a line end, and a secret does not. */
function readValue(path: string, { cwd }: CommandIo, command: Command): string {
  try {
    return readFileSync(path === '-' ? 0 : resolve(cwd, path), 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new UsageError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, command);
  }
}

function print({ name, project, description, updatedAt, updatedBy, ...uses }: SecretDetail, io: CommandIo): void {
  io.print(`${name}${project === null ? '' : ` of ${project}`}${description === '' ? '' : `: ${description}`}`);
  io.print(`changed ${updatedAt} by ${updatedBy}`);
  const users = [...uses.usedBy, ...uses.usedByDataSources].map((one) =>
    one.project === null ? one.name : `${one.name} of ${one.project}`,
  );
  if (users.length > 0) io.print(`used by: ${users.join(', ')}`);
}
