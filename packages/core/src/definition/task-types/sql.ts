/** Settings of `sql` tasks. Binding and running is the executor's. */
import * as z from 'zod';
import { oneOfOurDatabases } from '../../data-sources/database-address.ts';
import { MAX_SCRIPT_LENGTH, type TaskType } from './task-type.ts';

const schema = z.strictObject({
  database: z
    .string()
    .min(1)
    .refine(...oneOfOurDatabases)
    .optional()
    .meta({ description: 'The libSQL or SQLite database: a path, or a file:, libsql:, http: or https: address.' }),
  dataSource: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Name of a data source, in the place of the database.' }),
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
  check({ database, dataSource }) {
    if ((database === undefined) !== (dataSource === undefined)) return [];
    if (database === undefined) {
      const message = 'This key is missing: give the database, or the name of a data source under dataSource.';
      return [{ path: 'database', message }];
    }
    return [{ path: 'dataSource', message: 'Give either the database or a data source, not both.' }];
  },
};
