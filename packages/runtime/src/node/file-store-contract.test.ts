import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFileStoreContract } from '@vaquita/store/testing/file-store-contract';
import { openFileStore } from './file-store.ts';

describeFileStoreContract('disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  return {
    files: openFileStore(folder),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});
