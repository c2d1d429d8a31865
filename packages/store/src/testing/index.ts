export { createMemoryLogStore } from './memory-log-store.ts';
export { createMemoryStore, type MemoryStore } from './memory-store.ts';
