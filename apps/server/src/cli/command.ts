/** What a command is, and how a command line becomes one: a declarative table over node:util's parseArgs. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { didYouMean } from '@vaquita/core';

export interface CommandIo {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whole lines for the program's output. */
  print(line: string): void;
  /** Raw text for the program's output, as it comes. */
  write(text: string): void;
  /** Notes for the person in front of it; kept out of pipes. */
  note(line: string): void;
}

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: true;
  readonly required?: true;
  /** How the value is named in the help. */
  readonly value?: string;
  readonly help: string;
}

export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface Command {
  /** One or two words, such as `run` or `token create`. */
  readonly name: string;
  readonly summary: string;
  readonly args: readonly string[];
  /** Names further arguments, of which there may be any number. */
  readonly more?: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** @returns the exit code. */
  run(input: CommandInput, io: CommandIo): Promise<number>;
}

export interface CommandInput {
  readonly args: readonly string[];
  readonly options: OptionValues;
}

/** Exit codes: what a script may branch on. */
export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** The command line itself is wrong: exit code 2 and a pointer to the help. */
export class UsageError extends Error {
  readonly command: Command | undefined;

  constructor(message: string, command?: Command) {
    super(message);
    this.name = 'UsageError';
    this.command = command;
  }
}

export type ParsedLine =
  | { readonly kind: 'help'; readonly command: Command | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly command: Command; readonly input: CommandInput };

/** @throws UsageError */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): ParsedLine {
  const [first, second] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', command: undefined };
  if (first === '--version' || first === '-v') return { kind: 'version' };
  if (first === 'help') return { kind: 'help', command: findCommand(argv.slice(1), commands)?.command };
  const found = findCommand(argv, commands);
  if (found === undefined) throw unknownCommand(first, second, commands);
  if (found.rest.includes('--help') || found.rest.includes('-h')) return { kind: 'help', command: found.command };
  return { kind: 'run', command: found.command, input: readInput(found.command, found.rest) };
}

function findCommand(argv: readonly string[], commands: readonly Command[]) {
  for (const words of [2, 1]) {
    const command = commands.find(({ name }) => name === argv.slice(0, words).join(' '));
    if (command) return { command, rest: argv.slice(words) };
  }
  return undefined;
}

function unknownCommand(first: string, second: string | undefined, commands: readonly Command[]): UsageError {
  const names = commands.map(({ name }) => name);
  const group = names.filter((name) => name.startsWith(`${first} `));
  if (group.length > 0) {
    const words = group.map((name) => name.slice(first.length + 1));
    const hint = second === undefined ? '' : didYouMean(second, words);
    return new UsageError(`"${first}" is followed by one of: ${words.join(', ')}.${hint}`);
  }
  const known = new Set(names.map((name) => name.split(' ')[0]!));
  return new UsageError(`There is no command "${first}".${didYouMean(first, known)}`);
}

function readInput(command: Command, rest: readonly string[]): CommandInput {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, { type, short, multiple }] of Object.entries(command.options)) {
    options[name] = { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) };
  }
  let parsed: { values: OptionValues; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true }) as typeof parsed;
  } catch (thrown) {
    throw new UsageError(parseMessage(thrown, command), command);
  }
  const { values, positionals } = parsed;
  const missing = command.args[positionals.length];
  if (missing !== undefined) throw new UsageError(`<${missing}> is missing.`, command);
  if (positionals.length > command.args.length && command.more === undefined) {
    throw new UsageError(`"${positionals[command.args.length]}" is one argument too many.`, command);
  }
  for (const [name, spec] of Object.entries(command.options)) {
    if (spec.required && values[name] === undefined) throw new UsageError(`--${name} is missing.`, command);
  }
  return { args: positionals, options: values };
}

function parseMessage(thrown: unknown, command: Command): string {
  const { code, message } = thrown as { code?: string; message: string };
  const unknown = /'--?([\w-]+)'/.exec(message)?.[1];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && unknown !== undefined) {
    return `There is no option --${unknown}.${didYouMean(unknown, Object.keys(command.options))}`;
  }
  return message.split('\n')[0]!;
}
