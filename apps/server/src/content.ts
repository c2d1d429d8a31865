/** Where logs and files of tasks are kept: in the data folder, or where all servers of a cluster find them. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { openFileLogStore, openFileStore } from '@vaquita/runtime/node/server';
import { createSqlFileStore, createSqlLogStore, prepareContent, type SqlDriver } from '@vaquita/store';
import type { ContentStores } from './host.ts';
import type { ServerSettings } from './settings.ts';

const MIB = 1024 * 1024;

/** @param openDatabase a database of which this becomes the only owner. */
export async function openContent(
  { dataDir, contentDatabaseUrl, maxLogMib }: ServerSettings,
  openDatabase: (url: string) => Promise<SqlDriver>,
): Promise<ContentStores> {
  if (contentDatabaseUrl === null) {
    const logs = openFileLogStore(join(dataDir, 'logs'));
    return {
      logs: { ...logs, wake() {} },
      files: openFileStore(join(dataDir, 'files')),
      clearAway: async () => 0,
      close: logs.close,
    };
  }
  const driver = await openDatabase(contentDatabaseUrl);
  try {
    await prepareContent(driver);
  } catch (error) {
    await driver.close();
    throw error;
  }
  const files = createSqlFileStore(driver, { newHasher });
  return {
    logs: createSqlLogStore(driver, { maxBytes: maxLogMib * MIB }),
    files,
    clearAway: () => files.purge(),
    close: () => driver.close(),
  };
}

function newHasher() {
  const hash = createHash('sha256');
  return { update: (bytes: Uint8Array) => void hash.update(bytes), digest: () => hash.digest('hex') };
}
