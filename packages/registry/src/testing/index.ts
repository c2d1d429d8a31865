export { createMemoryRegistryStore } from './memory-registry-store.ts';
