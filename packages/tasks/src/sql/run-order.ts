/**
 * The SQL program's work: carries out one order on a client it is given and prints what came of it. All statements are
 * one transaction, so that a failed attempt leaves nothing behind; a script that begins or ends transactions itself, or
 * has a statement that SQLite allows in none, runs as it is written, on one connection.
 */
import type { SqlOrder } from './order.ts';
import { formatTable, valueText } from './result-table.ts';
import type { SqlValue } from './values.ts';

/** What is used of a libSQL client or transaction. */
export interface SqlExecutor {
  execute(statement: { sql: string; args: (string | number | bigint)[] }): Promise<SqlResult>;
}

export interface SqlResult {
  readonly columns: readonly string[];
  readonly rows: readonly ArrayLike<unknown>[];
  readonly rowsAffected: number;
}

export interface SqlClient {
  transaction(): Promise<SqlExecutor & { commit(): Promise<void>; close(): void }>;
  /** One connection without a transaction; what is open on it when it is closed is rolled back. */
  connection(): Promise<SqlExecutor & { close(): void }>;
}

/** Rows of a query that the log shows. */
const MAX_SHOWN_ROWS = 100;

const OWN_CONTROL = /^\s*(begin|commit|end|rollback|savepoint|release|vacuum|pragma|attach|detach)\b/i;

/** Resolves with the first row of the last query, as text by column; empty when there was none. */
export async function runOrder(
  order: SqlOrder,
  client: SqlClient,
  print: (text: string) => void,
): Promise<Record<string, string>> {
  if (order.statements.some(({ sql }) => OWN_CONTROL.test(sql))) {
    const connection = await client.connection();
    try {
      return await runStatements(order, connection, print);
    } finally {
      connection.close();
    }
  }
  const transaction = await client.transaction();
  try {
    const answer = await runStatements(order, transaction, print);
    await transaction.commit();
    return answer;
  } finally {
    transaction.close();
  }
}

async function runStatements(
  order: SqlOrder,
  executor: SqlExecutor,
  print: (text: string) => void,
): Promise<Record<string, string>> {
  let answer: Record<string, string> = {};
  for (const [index, { sql, values }] of order.statements.entries()) {
    let result: SqlResult;
    try {
      result = await executor.execute({ sql, args: values.map(argument) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`statement ${index + 1} of ${order.statements.length} failed: ${reason}\n  ${shorten(sql)}`);
    }
    if (result.columns.length === 0) {
      print(`statement ${index + 1}: ${result.rowsAffected} rows changed\n`);
      continue;
    }
    const rows = result.rows.map((row) => Array.from(row, valueText));
    print(formatTable({ columns: result.columns, rows: rows.slice(0, MAX_SHOWN_ROWS) }));
    const hidden = rows.length - MAX_SHOWN_ROWS;
    print(`statement ${index + 1}: ${rows.length} rows${hidden > 0 ? `, ${hidden} of them not shown` : ''}\n`);
    const first = result.rows[0];
    answer = first === undefined ? {} : firstRow(result.columns, first);
  }
  return answer;
}

/** A NULL sets no output. */
function firstRow(columns: readonly string[], row: ArrayLike<unknown>): Record<string, string> {
  const answer: Record<string, string> = {};
  for (const [index, column] of columns.entries()) {
    const value = row[index];
    if (value !== null && value !== undefined) answer[column] = valueText(value);
  }
  return answer;
}

/** A whole number goes as a bigint: the driver would bind a JavaScript number as a real. */
function argument(value: SqlValue): string | number | bigint {
  return value.type === 'integer' ? BigInt(value.value) : value.value;
}

function shorten(sql: string): string {
  const flat = sql.replace(/\s+/g, ' ').trim();
  return flat.length > 200 ? `${flat.slice(0, 199)}…` : flat;
}
