/**
 * Where outcomes live: in the session storage of the tab that asked. The server keeps every action by itself, as an
 * operation and a line of the audit log; which of them somebody pressed together concerns that person, and is gone with
 * the tab. A reload of the tab keeps it.
 */
import { type Batch, OUTCOMES } from './batch.ts';

const PREFIX = 'vaquita.bulk.';
const MOST = 10;

type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export function readBatch(storage: () => Kept, id: string): Batch | undefined {
  try {
    const value: unknown = JSON.parse(storage().getItem(PREFIX + id) ?? 'null');
    return isBatch(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** False when there is no room, also without the older ones: then it lasts as long as the page. */
export function keepBatch(storage: () => Kept, batch: Batch): boolean {
  try {
    forget(storage(), batch.id, MOST - 1);
    storage().setItem(PREFIX + batch.id, JSON.stringify(batch));
    return true;
  } catch {
    return keepAlone(storage, batch);
  }
}

function keepAlone(storage: () => Kept, batch: Batch): boolean {
  try {
    forget(storage(), batch.id, 0);
    storage().setItem(PREFIX + batch.id, JSON.stringify(batch));
    return true;
  } catch {
    return false;
  }
}

/** Ids begin with their time: the oldest go first. */
function forget(storage: Kept, but: string, kept: number): void {
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '')
    .filter((key) => key.startsWith(PREFIX) && key !== PREFIX + but)
    .sort();
  for (const key of keys.slice(0, Math.max(0, keys.length - kept))) storage.removeItem(key);
}

function isBatch(value: unknown): value is Batch {
  if (typeof value !== 'object' || value === null) return false;
  const { id, action, at, items } = value as Partial<Batch>;
  if (typeof id !== 'string' || typeof action !== 'string' || typeof at !== 'number') return false;
  return Array.isArray(items) && items.every((item) => typeof item?.id === 'string' && OUTCOMES.includes(item.outcome));
}
