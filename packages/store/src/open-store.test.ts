import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { openEmbeddedDriver } from './drivers/embedded.ts';
import { openRemoteDriver } from './drivers/remote.ts';
import { openThreadDriver } from './drivers/thread.ts';
import { migrate } from './migrations/migrate.ts';
import { openStore } from './open-store.ts';
import type { SqlDriver } from './ports/driver.ts';
import { putAlertTargets } from './testing/alert-targets.ts';
import { clearTables, holdLeaderLock, temporaryFolder } from './testing/database-file.ts';
import { NO_SQLD, SQLD_BINARY, type Sqld, startSqld } from './testing/sqld.ts';
import { describeStoreContract, type OpenedStore } from './testing/store-contract.ts';

function opened(driver: SqlDriver, close: () => Promise<void>): OpenedStore {
  const store = openStore(driver, { clock: { now: () => 1_000 } });
  const lead = (epoch: number | null) => holdLeaderLock(driver, epoch);
  return { store, lead, putAlertTargets: (targets) => putAlertTargets(driver, targets), close };
}

describeStoreContract('embedded file', async () => {
  const folder = temporaryFolder();
  const driver = await openEmbeddedDriver({ path: join(folder.path, 'test.db') });
  await migrate(driver);
  return opened(driver, async () => {
    await driver.close();
    folder[Symbol.dispose]();
  });
});

const folder = temporaryFolder();
let threaded: Promise<SqlDriver> | undefined;
afterAll(async () => {
  await (await threaded)?.close();
  folder[Symbol.dispose]();
});

describeStoreContract('embedded file in a thread', async () => {
  threaded ??= openThreadDriver({ path: join(folder.path, 'test.db') });
  const driver = await threaded;
  await migrate(driver);
  await clearTables(driver);
  return opened(driver, async () => {});
});

describe.skipIf(SQLD_BINARY === undefined)(`a libSQL server${SQLD_BINARY ? '' : ` (${NO_SQLD})`}`, () => {
  let sqld: Sqld | undefined;
  let driver: SqlDriver;
  afterAll(async () => {
    await driver?.close();
    await sqld?.close();
  });

  describeStoreContract('libSQL server', async () => {
    if (sqld === undefined) {
      sqld = await startSqld();
      driver = await openRemoteDriver({ url: sqld.url });
      await migrate(driver);
    }
    await clearTables(driver);
    return opened(driver, async () => {});
  });
});
