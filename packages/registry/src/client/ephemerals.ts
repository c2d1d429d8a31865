/** The ephemeral data of one client, remembered so that a new session can put them back. */
import { toAppError } from '@vaquita/core';
import type { Actor, DataTable } from '../registry-store.ts';
import type { RegistryLog } from '../settings.ts';

export interface Ephemerals {
  readonly keys: readonly string[];
  remember(key: string, value: string): void;
  forget(key: string): void;
  /** @throws AppError when the registry cannot be written; what has got another owner meanwhile is given up. */
  putBack(actor: Actor): Promise<void>;
}

export function createEphemerals(table: DataTable, log: RegistryLog): Ephemerals {
  const values = new Map<string, string>();

  async function putOne(actor: Actor, key: string, value: string): Promise<void> {
    try {
      await table.put(actor, { key, value, kind: 'ephemeral' });
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code !== 'conflict') throw error;
      values.delete(key);
      log.warn('A datum of the registry could not be put back.', { key, error: error.message });
    }
  }

  return {
    get keys() {
      return [...values.keys()];
    },
    remember: (key, value) => void values.set(key, value),
    forget: (key) => void values.delete(key),
    async putBack(actor) {
      await Promise.all([...values].map(([key, value]) => putOne(actor, key, value)));
    },
  };
}
