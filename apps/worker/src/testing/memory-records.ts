/** Records in memory, for tests of what is kept in them. */
import type { Records } from '../host.ts';

export interface MemoryRecords extends Records {
  /** The names of those that were put aside. */
  readonly aside: string[];
}

export function memoryRecords(texts: Readonly<Record<string, string>> = {}): MemoryRecords {
  const held = new Map(Object.entries(texts));
  const aside: string[] = [];
  return {
    aside,
    put: async (name, text) => void held.set(name, text),
    remove: async (name) => void held.delete(name),
    readAll: async () => new Map(held),
    setAside: async (name) => void (held.delete(name) && aside.push(name)),
  };
}
