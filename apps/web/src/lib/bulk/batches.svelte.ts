/** The batches of this tab, reactive. One that is being asked goes on while other pages are looked at. */
import type { ApiError, BulkAction, BulkItem, BulkRequest } from '@vaquita/client';
import { SvelteMap } from 'svelte/reactivity';
import { api, asApiError } from '#lib/data/api.ts';
import { answered, asked, type Batch, ended, newBatch, nextPart, PART, pendingOperations } from './batch.ts';
import { keepBatch, readBatch } from './batch-storage.ts';

/** How many runs a filter may find for one question. */
const LOOK_MOST = 5000;
const LOOK_PART = 500;
const storage = () => sessionStorage;

export interface Standing {
  readonly batch: Batch;
  /** It is being asked now. */
  readonly busy: boolean;
  /** What ended the asking before its end. */
  readonly error: ApiError | null;
  /** A reload of the tab loses it. */
  readonly unkept: boolean;
}

export type Target = { readonly ids: readonly string[] } | { readonly filter: NonNullable<BulkRequest['filter']> };

export interface Look {
  readonly items: readonly BulkItem[];
  /** More match than are looked at for one question. */
  readonly more: boolean;
}

/** What would be done: asks for nothing. `seen` is told how many have been looked at. */
export async function lookAt(
  action: BulkAction,
  target: Target,
  { signal, seen }: { readonly signal: AbortSignal; readonly seen: (count: number) => void },
): Promise<Look> {
  const items: BulkItem[] = [];
  if ('ids' in target) {
    for (let at = 0; at < target.ids.length; at += LOOK_PART) {
      const ids = target.ids.slice(at, at + LOOK_PART);
      items.push(...(await api.instances.actOnMany({ action, ids, dryRun: true }, { signal })).items);
      seen(items.length);
    }
    return { items, more: false };
  }
  let cursor: string | null | undefined;
  do {
    const page = { action, filter: target.filter, dryRun: true, ...(cursor ? { cursor } : {}) };
    const answer = await api.instances.actOnMany(page, { signal });
    items.push(...answer.items);
    seen(items.length);
    cursor = answer.nextCursor;
  } while (cursor !== null && items.length < LOOK_MOST);
  return { items, more: cursor !== null };
}

class Batches {
  readonly #known = new SvelteMap<string, Standing>();

  /** Of this tab, also after a reload. */
  get(id: string): Standing | undefined {
    return this.#known.get(id);
  }

  /** To be called before `get`, outside of what is derived. */
  load(id: string): void {
    if (this.#known.has(id)) return;
    const batch = readBatch(storage, id);
    if (batch !== undefined) this.#known.set(id, { batch, busy: false, error: null, unkept: false });
  }

  /** Begins to ask for what was looked at, and gives the id of the page that shows it. */
  begin(action: BulkAction, looked: readonly BulkItem[]): string {
    const now = Date.now();
    const id = `${now.toString(36)}-${Math.floor(Math.random() * 36 ** 6).toString(36)}`;
    this.#put(newBatch(id, action, now, looked), { busy: false, error: null });
    void this.goOn(id);
    return id;
  }

  /** Asks for what has not been answered, part by part. */
  async goOn(id: string): Promise<void> {
    let batch = this.#known.get(id)?.batch;
    if (batch === undefined || this.#known.get(id)?.busy) return;
    try {
      for (let part = nextPart(batch); part !== undefined; part = nextPart(batch)) {
        batch = asked(batch, part);
        this.#put(batch, { busy: true, error: null });
        const { action } = batch;
        const answer = await api.instances.actOnMany({ action, ids: [...part.ids] }, { idempotencyKey: part.key });
        batch = answered(this.#known.get(id)?.batch ?? batch, answer);
      }
      this.#put(batch, { busy: false, error: null });
    } catch (thrown) {
      this.#put(batch, { busy: false, error: asApiError(thrown) });
    }
  }

  /** Asks how the next actions have ended. True when some have not. */
  async follow(id: string, signal: AbortSignal): Promise<boolean> {
    const batch = this.#known.get(id)?.batch;
    const pending = batch === undefined ? [] : pendingOperations(batch);
    if (pending.length === 0) return false;
    // Those that were asked first are done first.
    const { items } = await api.instances.operations(pending.slice(0, PART), { signal });
    const standing = this.#known.get(id);
    if (standing !== undefined) this.#put(ended(standing.batch, items), standing);
    return true;
  }

  #put(batch: Batch, { busy, error }: Pick<Standing, 'busy' | 'error'>): void {
    this.#known.set(batch.id, { batch, busy, error, unkept: !keepBatch(storage, batch) });
  }
}

export const batches = new Batches();
