/**
 * Settings of a channel from the command line: a file, single values, and values from files, so that no secret has to stand
 * where the shell keeps what was typed. The form of the channel's type says what a value is.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '@vaquita/core';
import { type Command, type CommandIo, type OptionSpec, type OptionValues, UsageError } from './command.ts';

export const SETTINGS_OPTIONS = {
  set: { type: 'string', multiple: true, value: 'key=value', help: 'A setting; may be repeated, also for a list' },
  'set-file': {
    type: 'string',
    multiple: true,
    value: 'key=path',
    help: 'A setting whose value stands in a file: for secrets',
  },
  unset: { type: 'string', multiple: true, value: 'key', help: 'Take a setting away' },
  settings: { type: 'string', value: 'file', help: 'All settings, as a JSON file' },
} as const satisfies Record<string, OptionSpec>;

type Settings = Readonly<Record<string, unknown>>;
type Form = { readonly properties?: Readonly<Record<string, { readonly type?: string }>> };

export interface GivenSettings {
  /** Null: nothing is said about settings. */
  readonly over: ((base: Settings, form: Form) => Settings) | null;
}

/** @throws UsageError, AppError `bad_request` for a file that cannot be read. */
export function givenSettings(options: OptionValues, command: Command, io: Pick<CommandIo, 'cwd'>): GivenSettings {
  const file = options.settings === undefined ? undefined : readJson(String(options.settings), io.cwd);
  const values = [
    ...listOf(options.set).map((one) => pairOf('set', one, command)),
    ...listOf(options['set-file']).map((one) => {
      const [key, path] = pairOf('set-file', one, command);
      // A file ends with a line end, and a secret does not.
      return [key, readText(path, io.cwd).replace(/\r?\n$/, '')] as const;
    }),
  ];
  const gone = listOf(options.unset);
  if (file === undefined && values.length === 0 && gone.length === 0) return { over: null };
  return {
    over(base, form) {
      const settings: Record<string, unknown> = { ...(file ?? base) };
      const begun = new Set<string>();
      for (const [key, text] of values) put(settings, { key, text, form, begun });
      // Null takes a secret away; what is no secret is away when it is not there.
      for (const key of gone)
        settings[key] = form.properties?.[key] && isSecret(form.properties[key]) ? null : undefined;
      return settings;
    },
  };
}

function put(
  settings: Record<string, unknown>,
  {
    key,
    text,
    form,
    begun,
  }: { readonly key: string; readonly text: string; readonly form: Form; readonly begun: Set<string> },
): void {
  const [name = '', ...rest] = key.split('.');
  const type = form.properties?.[name]?.type;
  const isFirst = !begun.has(name);
  begun.add(name);
  if (type === 'object' && rest.length > 0) {
    settings[name] = { ...((isFirst ? undefined : settings[name]) as object | undefined), [rest.join('.')]: text };
  } else if (type === 'array') {
    settings[name] = [...(isFirst ? [] : (settings[name] as readonly string[])), text];
  } else settings[key] = readValue(text, type);
}

/** What does not fit is left as it is, for the server to say so. */
function readValue(text: string, type: string | undefined): unknown {
  if ((type === 'integer' || type === 'number') && text.trim() !== '' && Number.isFinite(Number(text)))
    return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** As the API marks it: the whole field, or what it holds. */
export function isSecret(schema: object | undefined): boolean {
  if (schema === undefined) return false;
  const { writeOnly, additionalProperties, items } = schema as {
    readonly writeOnly?: boolean;
    readonly additionalProperties?: object | boolean;
    readonly items?: object;
  };
  const inner = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return writeOnly === true || isSecret(inner) || isSecret(items);
}

function listOf(value: OptionValues[string]): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** @throws UsageError which repeats no value. */
function pairOf(option: string, text: string, command: Command): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`--${option} is written as ${option === 'set' ? 'key=value' : 'key=path'}.`, command);
}

function readText(path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AppError('bad_request', `The file ${path} cannot be read (${code}).`, { cause });
  }
}

function readJson(path: string, cwd: string): Settings {
  let value: unknown;
  try {
    value = JSON.parse(readText(path, cwd));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('bad_request', `The file ${path} is not valid JSON.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Settings;
  throw new AppError('bad_request', `The file ${path} must hold one JSON object: the settings.`);
}
