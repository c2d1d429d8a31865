import { join } from 'node:path';
import { openEmbeddedDriver } from './drivers/embedded.ts';
import { migrate } from './migrations/migrate.ts';
import { openStore } from './open-store.ts';
import type { SqlDriver } from './ports/driver.ts';
import { holdLeaderLock, temporaryFolder } from './testing/database-file.ts';
import { describeStoreContract, type OpenedStore } from './testing/store-contract.ts';

function openOn(openDriver: (path: string) => Promise<SqlDriver>): () => Promise<OpenedStore> {
  return async () => {
    const folder = temporaryFolder();
    const driver = await openDriver(join(folder.path, 'test.db'));
    await migrate(driver);
    const store = openStore(driver, { clock: { now: () => 1_000 } });
    return {
      store,
      lead: (epoch) => holdLeaderLock(driver, epoch),
      async close() {
        await store.close();
        folder[Symbol.dispose]();
      },
    };
  };
}

describeStoreContract(
  'embedded file',
  openOn((path) => openEmbeddedDriver({ path })),
);
