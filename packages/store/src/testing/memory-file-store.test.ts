import { describeFileStoreContract } from './file-store-contract.ts';
import { createMemoryFileStore } from './memory-file-store.ts';

describeFileStoreContract('memory', async () => ({ files: createMemoryFileStore(), close: async () => {} }));
