/** Logs and files in a database pass what every store of them must do, in a file and on a libSQL server. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { openEmbeddedDriver } from '../drivers/embedded.ts';
import { openRemoteDriver } from '../drivers/remote.ts';
import type { SqlDriver } from '../ports/driver.ts';
import { temporaryFolder } from '../testing/database-file.ts';
import { describeFileStoreContract } from '../testing/file-store-contract.ts';
import { describeLogStoreContract } from '../testing/log-store-contract.ts';
import { NO_SQLD, SQLD_BINARY, type Sqld, startSqld } from '../testing/sqld.ts';
import { prepareContent } from './content-tables.ts';
import { createSqlFileStore } from './sql-file-store.ts';
import { createSqlLogStore } from './sql-log-store.ts';

const newHasher = () => {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
};

function describeContent(name: string, open: () => Promise<{ driver: SqlDriver; close(): Promise<void> }>): void {
  async function prepared() {
    const opened = await open();
    await prepareContent(opened.driver);
    return opened;
  }
  describeLogStoreContract(name, async () => {
    const { driver, close } = await prepared();
    return { logs: createSqlLogStore(driver, { maxBytes: 10_000_000 }), close };
  });
  describeFileStoreContract(name, async () => {
    const { driver, close } = await prepared();
    return { files: createSqlFileStore(driver, { newHasher }), close };
  });
}

describeContent('a database file', async () => {
  const folder = temporaryFolder();
  const driver = await openEmbeddedDriver({ path: join(folder.path, 'content.db') });
  return {
    driver,
    async close() {
      await driver.close();
      folder[Symbol.dispose]();
    },
  };
});

describe.skipIf(SQLD_BINARY === undefined)(`on a server${SQLD_BINARY ? '' : ` (${NO_SQLD})`}`, () => {
  let sqld: Promise<Sqld> | undefined;
  afterAll(async () => (await sqld)?.close());

  describeContent('a libSQL server', async () => {
    sqld ??= startSqld();
    const driver = await openRemoteDriver({ url: (await sqld).url });
    return {
      driver,
      async close() {
        const tables = ['log_chunks', 'content_files', 'content_uploads', 'content_chunks'];
        await driver.write(tables.map((table) => ({ sql: `delete from ${table}`, args: [] })));
        await driver.close();
      },
    };
  });
});
