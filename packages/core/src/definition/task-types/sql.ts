/** Settings of `sql` tasks. Binding and running is the executor's. */
import * as z from 'zod';
import { MAX_SCRIPT_LENGTH, type TaskType } from './task-type.ts';

/** A scheme that is not ours, such as `postgres://`; a drive letter is a path. */
const OTHER_SCHEME = /^(?!file:|libsql:|https?:|wss?:)[a-z][a-z0-9+.-]+:/i;

const schema = z.strictObject({
  database: z
    .string()
    .min(1)
    .refine(
      (text) => !OTHER_SCHEME.test(text),
      'Must be a path or a file:, libsql:, http: or https: address; other databases are not supported by this version.',
    )
    .meta({ description: 'The libSQL or SQLite database: a path, or a file:, libsql:, http: or https: address.' }),
  script: z
    .string()
    .min(1)
    .max(MAX_SCRIPT_LENGTH)
    // The two kinds of placeholder are spelt out for the person who fills in the form.
    .meta({ description: 'SQL statements. ${name} is bound as a value, !{name} is put in as text.' }),
});

export type SqlConfig = z.output<typeof schema>;

export const sqlType: TaskType = {
  description: 'Runs SQL on a libSQL or SQLite database.',
  schema,
  unsupported: {
    dataSource:
      'Named data sources are not supported by this version. Give the database itself, for example database: file:./data.db.',
  },
};
