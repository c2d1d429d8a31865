import { describeLogStoreContract } from './log-store-contract.ts';
import { createMemoryLogStore } from './memory-log-store.ts';

describeLogStoreContract('in memory', async () => ({ logs: createMemoryLogStore(), close: async () => {} }));
