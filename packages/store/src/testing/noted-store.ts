/** A real store that notes what it reads, for tests that ask how a query is answered. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openEmbeddedDriver } from '../drivers/embedded.ts';
import { migrate } from '../migrations/migrate.ts';
import { openStore } from '../open-store.ts';
import type { SqlDriver, SqlStatement } from '../ports/driver.ts';
import { temporaryFolder } from './database-file.ts';

/** `read` grows with each query; `plan` says how one is answered. Closed when the test ends. */
export async function openNoted() {
  const folder = temporaryFolder();
  const driver = await openEmbeddedDriver({ path: join(folder.path, 'test.db') });
  onTestFinished(async () => {
    await driver.close();
    folder[Symbol.dispose]();
  });
  await migrate(driver);
  const read: SqlStatement[] = [];
  const noting: SqlDriver = {
    ...driver,
    query(statement) {
      read.push(statement);
      return driver.query(statement);
    },
  };
  const plan = async ({ sql, args }: SqlStatement) =>
    (await driver.query({ sql: `explain query plan ${sql}`, args })).map((row) => String(row.detail));
  return { store: openStore(noting, { clock: Date }), driver, read, plan };
}
