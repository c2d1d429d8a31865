/** The kinds of data sources: what they are told, which secrets they need, and which tasks can use them. To add one, name it here. */
import * as z from 'zod';
import { HEADER_NAME } from '../definition/task-types/http.ts';
import type { Problem } from '../errors/app-error.ts';
import { oneOfOurDatabases } from './database-address.ts';

export interface DataSourceKind {
  readonly title: string;
  readonly description: string;
  /** What everybody may see. */
  readonly schema: z.ZodObject;
  /** What is taken from secrets, none of it needed, each with a sentence for the form. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The type of tasks that can name one. */
  readonly taskType: string;
  /** Rules between settings and secrets. */
  readonly check: (settings: Settings, secrets: Readonly<Record<string, string>>) => readonly Problem[];
}

type Settings = Readonly<Record<string, unknown>>;

const MAX_ADDRESS_CHARS = 2_000;
/** Tasks would fill these in, each with something else. */
const PLACEHOLDER = /[$!]\{|\$\[/;
const NO_PLACEHOLDER = 'Must be the address itself: a placeholder would be filled in by each task in its own way.';

const address = z.string().min(1).max(MAX_ADDRESS_CHARS);
const oneLine = z
  .string()
  .max(4_000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no header can carry.
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'Must be one line.')
  .refine((text) => !PLACEHOLDER.test(text), NO_PLACEHOLDER);

const libsql = z.strictObject({
  address: address
    .refine((text) => !PLACEHOLDER.test(text), NO_PLACEHOLDER)
    .refine(...oneOfOurDatabases)
    .refine(
      isWholePath,
      'Must be a whole path, such as /srv/data.db: a task runs in a folder of its own that goes with it.',
    )
    .refine(holdsNoLogin, 'Must hold no name, password or token. Keep them in a secret.')
    .meta({ title: 'Address', description: 'A whole path on the workers, or a libsql:, https: or http: address.' }),
});

const http = z.strictObject({
  address: address
    .refine((text) => !PLACEHOLDER.test(text), NO_PLACEHOLDER)
    .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'Must begin with http:// or https://.')
    .refine(holdsNoLogin, 'Must hold no name, password or token. Keep them in a secret.')
    .refine((text) => !/[?#]/.test(text), 'Must end with a path: what follows “?” or “#” is for the tasks.')
    .meta({ title: 'Base address', description: 'Tasks add a path to it, such as /orders.' }),
  headers: z
    .record(z.string().regex(HEADER_NAME, 'is not a header name.'), oneLine)
    .default({})
    .meta({ title: 'Headers', description: 'Sent with every request; a task may send others of the same names.' }),
  user: oneLine
    .regex(/^[^:]*$/, 'Must hold no colon.')
    .min(1)
    .optional()
    .meta({ title: 'User', description: 'For sign-in by name and password.' }),
  tokenHeader: z.string().regex(HEADER_NAME, 'is not a header name.').optional().meta({
    title: 'Header of the token',
    description: 'Carries the token as it is, such as X-Api-Key. Empty: Authorization, after “Bearer”.',
  }),
  testPath: oneLine.regex(/^[/?]/, 'Must begin with “/” or “?”.').optional().meta({
    title: 'Path of the test',
    description: 'What the test asks for, such as /health. Empty: the base address.',
  }),
});

export const DATA_SOURCE_KINDS = {
  libsql: {
    title: 'libSQL or SQLite',
    description: 'A database file on the workers, or a libSQL server.',
    schema: libsql,
    secrets: { token: 'What a libSQL server asks for. Files need none.' },
    taskType: 'sql',
    check({ address }, { token }) {
      if (token === undefined || typeof address !== 'string' || !isFile(address)) return [];
      return [{ path: 'secrets.token', message: 'A file takes no token. Leave it out.' }];
    },
  },
  http: {
    title: 'HTTP service',
    description: 'A base address with headers.',
    schema: http,
    secrets: {
      token: 'Sent with every request.',
      password: 'Sent with the user.',
    },
    taskType: 'http',
    check({ user, tokenHeader }, { token, password }) {
      const problems: Problem[] = [];
      if (password !== undefined && user === undefined) {
        problems.push({ path: 'settings.user', message: 'Whose password it is: give a user.' });
      }
      if (user !== undefined && token !== undefined && tokenHeader === undefined) {
        const message =
          'User and token cannot both be in Authorization. Name the header of the token, or leave one out.';
        problems.push({ path: 'secrets.token', message });
      }
      if (tokenHeader !== undefined && token === undefined) {
        problems.push({ path: 'secrets.token', message: 'There is a header for a token, and no token.' });
      }
      return problems;
    },
  },
} as const satisfies Readonly<Record<string, DataSourceKind>>;

export type DataSourceKindName = keyof typeof DATA_SOURCE_KINDS;
export type LibsqlSettings = z.output<typeof libsql>;
export type HttpSourceSettings = z.output<typeof http>;

export function dataSourceKind(name: string): DataSourceKind | undefined {
  return Object.hasOwn(DATA_SOURCE_KINDS, name) ? DATA_SOURCE_KINDS[name as DataSourceKindName] : undefined;
}

/** JSON Schema of the settings as they are written, for forms and editors. */
export function dataSourceJsonSchema(kind: DataSourceKind): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(kind.schema, { io: 'input' });
}

/** Whether the address of a database is a file where the task runs. */
export function isFile(address: string): boolean {
  return !/^(?!file:)[a-z][a-z0-9+.-]+:/i.test(address);
}

/** The path of a database file, without its scheme. */
export function pathOfFile(address: string): string {
  return address.replace(/^file:(\/\/(?=\/))?/i, '');
}

function isWholePath(text: string): boolean {
  return !isFile(text) || /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(pathOfFile(text));
}

function holdsNoLogin(text: string): boolean {
  if (isFile(text)) return true;
  if (!URL.canParse(text)) return false;
  const { username, password, searchParams } = new URL(text);
  return username === '' && password === '' && !searchParams.has('authToken');
}
