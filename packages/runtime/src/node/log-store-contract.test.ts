import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeLogStoreContract } from '@vaquita/store/testing/log-store-contract';
import { openFileLogStore } from './log-store.ts';

describeLogStoreContract('files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'));
  const logs = openFileLogStore(folder);
  return {
    logs,
    async close() {
      await logs.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
