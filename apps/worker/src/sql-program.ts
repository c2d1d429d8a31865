/** The SQL program: one order, one process, so that a kill ends the query and a long one blocks nobody. */
import { readFile, writeFile } from 'node:fs/promises';
import { parseOrder, runOrder, type SqlClient } from '@vaquita/tasks';

/** How long a statement waits for another process that holds the database. */
const BUSY_TIMEOUT_MS = 10_000;

/** The exit code. */
export async function runSqlProgram(orderPath: string): Promise<number> {
  try {
    const order = parseOrder(await readFile(orderPath, 'utf8'));
    const client = await openClient(order.url);
    const answer = await runOrder(order, client, (text) => process.stdout.write(text));
    await writeFile(order.answerPath, JSON.stringify(answer), { mode: 0o600 });
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function openClient(url: string): Promise<SqlClient> {
  const { createClient } = await import('@libsql/client');
  // One connection: a script that begins a transaction itself must stay in it.
  const client = createClient({ url, intMode: 'bigint', timeout: BUSY_TIMEOUT_MS, concurrency: 1 });
  return {
    execute: (statement) => client.execute(statement),
    async transaction() {
      const transaction = await client.transaction('write');
      return {
        execute: (statement) => transaction.execute(statement),
        commit: () => transaction.commit(),
        close: () => transaction.close(),
      };
    },
  };
}

/** Whether the driver is installed and loads on this machine. */
export async function hasSqlDriver(): Promise<boolean> {
  try {
    await import('@libsql/client');
    return true;
  } catch {
    return false;
  }
}
