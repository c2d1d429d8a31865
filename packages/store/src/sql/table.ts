/**
 * Compiles a table of the schema once into fixed SQL texts and the mapping between its rows and SQL values.
 * Boundary: knows columns, not verbs; the one place where booleans and JSON become text and numbers and back.
 */
import { AppError } from '@vaquita/core';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { SqlRow, SqlValue } from '../ports/driver.ts';

interface Field {
  readonly key: string;
  readonly name: string;
  readonly kind: 'plain' | 'boolean' | 'json';
}

export interface CompiledTable<Row> {
  /** `insert into t (…) values (?, …)`, in the order of `args`. */
  readonly insert: string;
  /** `insert into t (…) select ?, …`: for inserts that carry a condition. */
  readonly insertSelect: string;
  /** The same with expressions of SQL in the place of some values; `args` are those of the other fields. */
  insertFrom(expressions: Readonly<Partial<Record<keyof Row & string, string>>>): {
    readonly sql: string;
    args(row: Row): SqlValue[];
  };
  /** `update t set … where id = ?` over all fields but the ones named immutable; see `updateArgs`. */
  readonly update: string;
  /** The columns as a select list. */
  readonly columns: string;
  args(row: Row): SqlValue[];
  /** The values of `update`, the id last. */
  updateArgs(row: Row): SqlValue[];
  /** An update of the fields in which the row differs from what was written before, by identity of their values. */
  updateFrom(before: Row, row: Row): { readonly sql: string; readonly args: SqlValue[] };
  read(row: SqlRow): Row;
}

export interface TableOptions<Key extends string> {
  /** Fields that are set at the insert and never again: leaving them out spares their indices. The id is one. */
  readonly immutable?: readonly Key[];
  /** Columns of the table that rows do not carry. */
  readonly without?: readonly string[];
  /** The key property, `id` unless told. */
  readonly key?: Key;
}

const MAX_PARTIAL_UPDATES = 200;

export function compileTable<Row extends object>(
  table: SQLiteTable,
  options: TableOptions<keyof Row & string> = {},
): CompiledTable<Row> {
  const tableName = getTableName(table);
  const key = options.key ?? 'id';
  const fields = fieldsOf(table).filter((field) => !options.without?.includes(field.key));
  const mutable = fields.filter((f) => f.key !== key && !(options.immutable as readonly string[])?.includes(f.key));
  const keyField = fields.find((field) => field.key === key);
  const wholeRow = keyField === undefined ? mutable : [...mutable, keyField];
  const names = fields.map(({ name }) => quote(name)).join(', ');
  const marks = fields.map(() => '?').join(', ');
  const into = `insert into ${quote(tableName)} (${names})`;

  const update = (set: readonly Field[]) =>
    `update ${quote(tableName)} set ${set.map(({ name }) => `${quote(name)} = ?`).join(', ')}` +
    ` where ${quote(keyField?.name ?? key)} = ?`;
  const wholeUpdate = update(mutable);
  /** By the differing fields. Rows go through the same few changes again and again. */
  const partialUpdates = new Map<string, string>();

  const collect = (row: object, list: readonly Field[]) =>
    list.map((field) => toSql(field, (row as Readonly<Record<string, unknown>>)[field.key], tableName));

  return {
    insert: `${into} values (${marks})`,
    insertSelect: `${into} select ${marks}`,
    insertFrom(expressions: Readonly<Partial<Record<string, string>>>) {
      const given = fields.filter((field) => expressions[field.key] === undefined);
      const values = fields.map((field) => expressions[field.key] ?? '?').join(', ');
      return { sql: `${into} select ${values}`, args: (row: Row) => collect(row, given) };
    },
    update: wholeUpdate,
    columns: fields.map(({ name }) => `${quote(tableName)}.${quote(name)}`).join(', '),
    args: (row) => collect(row, fields),
    updateArgs: (row) => collect(row, wholeRow),
    updateFrom(before, row) {
      const [old, now] = [before, row] as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
      const differing: Field[] = [];
      let mask = '';
      // An index, because this is done for every change of every task.
      for (let i = 0; i < mutable.length; i++) {
        const field = mutable[i]!;
        if (old[field.key] === now[field.key]) continue;
        differing.push(field);
        mask += String.fromCharCode(i + 1);
      }
      // A row that does not differ is written whole: the unit says that it changes one row.
      const set = differing.length === 0 ? mutable : differing;
      let sql = partialUpdates.get(mask);
      if (sql === undefined) {
        // So many texts are never met in earnest; beyond them the whole row is written by its one text.
        if (partialUpdates.size >= MAX_PARTIAL_UPDATES) return { sql: wholeUpdate, args: collect(row, wholeRow) };
        sql = update(set);
        partialUpdates.set(mask, sql);
      }
      return { sql, args: collect(row, keyField === undefined ? set : [...set, keyField]) };
    },
    read(row) {
      const out: Record<string, unknown> = {};
      for (const field of fields) out[field.key] = fromSql(field, row[field.name] ?? null);
      return out as Row;
    },
  };
}

function fieldsOf(table: SQLiteTable): readonly Field[] {
  return Object.entries(getTableColumns(table)).map(([key, column]) => ({
    key,
    name: column.name,
    kind: column.dataType === 'boolean' ? 'boolean' : column.dataType === 'json' ? 'json' : 'plain',
  }));
}

function toSql(field: Field, value: unknown, tableName: string): SqlValue {
  if (value === null) return null;
  if (value === undefined) throw new AppError('internal', `A row for ${tableName} has no ${field.key}.`);
  switch (field.kind) {
    case 'boolean':
      return value ? 1 : 0;
    case 'json':
      return JSON.stringify(value);
    case 'plain':
      return value as SqlValue;
  }
}

function fromSql(field: Field, value: SqlValue): unknown {
  if (value === null) return null;
  switch (field.kind) {
    case 'boolean':
      return value !== 0;
    case 'json':
      return JSON.parse(String(value));
    case 'plain':
      return value;
  }
}

function quote(name: string): string {
  return `"${name}"`;
}
