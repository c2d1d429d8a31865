export { newUser } from './contract/new-user.ts';
export { createMemoryFileStore } from './memory-file-store.ts';
export { createMemoryLogStore } from './memory-log-store.ts';
export { createMemoryStore, type MemoryStore } from './memory-store.ts';
