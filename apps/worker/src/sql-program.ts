/** The SQL program: one order, one process, so that a kill ends the query and a long one blocks nobody. */
import { readFile, writeFile } from 'node:fs/promises';
import { parseOrder, runOrder, type SqlClient, type SqlExecutor, type SqlOrder } from '@vaquita/tasks';
import { openFileConnection } from './sql-file-connection.ts';

/** How long a statement waits for another process that holds the database. */
const BUSY_TIMEOUT_MS = 10_000;

/** The exit code. */
export async function runSqlProgram(orderPath: string): Promise<number> {
  try {
    const order = parseOrder(await readFile(orderPath, 'utf8'));
    const client = await openClient(order);
    const answer = await runOrder(order, client, (text) => process.stdout.write(text));
    await writeFile(order.answerPath, JSON.stringify(answer), { mode: 0o600 });
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function openClient({ url, authToken }: Pick<SqlOrder, 'url' | 'authToken'>): Promise<SqlClient> {
  const { createClient } = await import('@libsql/client');
  const client = createClient({
    url,
    ...(authToken === undefined ? {} : { authToken }),
    intMode: 'bigint',
    timeout: BUSY_TIMEOUT_MS,
    concurrency: 1,
  });

  async function transaction() {
    const held = await client.transaction('write');
    return {
      execute: (statement: Statement) => held.execute(statement),
      commit: () => held.commit(),
      close: () => held.close(),
    };
  }

  async function remoteConnection() {
    return {
      async execute(statement: Statement) {
        if (!TRANSACTION_CONTROL.test(statement.sql)) return client.execute(statement);
        throw new Error(
          'a remote database runs the whole script as one transaction; leave BEGIN, COMMIT and the like out',
        );
      },
      close: () => {},
    };
  }

  return {
    transaction,
    connection: client.protocol === 'file' ? async () => openFileConnection(url, BUSY_TIMEOUT_MS) : remoteConnection,
  };
}

type Statement = Parameters<SqlExecutor['execute']>[0];
const TRANSACTION_CONTROL = /^\s*(begin|commit|end|rollback|savepoint|release)\b/i;

/** Whether the driver is installed and loads on this machine. */
export async function hasSqlDriver(): Promise<boolean> {
  try {
    await import('@libsql/client');
    return true;
  } catch {
    return false;
  }
}
