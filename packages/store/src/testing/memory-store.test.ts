import { createMemoryStore } from './memory-store.ts';
import { describeStoreContract } from './store-contract.ts';

describeStoreContract('in memory', async () => {
  const store = createMemoryStore({ clock: { now: () => 1_000 } });
  return {
    store,
    lead: async (epoch) => store.leader.set(epoch),
    putAlertTargets: async (targets) => store.alertTargets.put(targets),
    close: () => store.close(),
  };
});
