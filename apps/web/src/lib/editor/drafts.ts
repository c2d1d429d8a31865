/**
 * Texts of the editor that are not saved yet, kept in the browser so that a closed tab, a crash or a session that ended
 * loses nothing. One for each person, workflow and version that was edited.
 */

/** What of a Storage is used. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export interface DraftPlace {
  /** Whose it is: nobody else who signs in on this machine is shown it. */
  readonly user: string;
  readonly project: string;
  /** Id of the workflow; empty for one that is new. */
  readonly workflow: string;
}

export interface Draft {
  /** The version that it was made from; 0 for a workflow that is new. */
  readonly base: number;
  readonly text: string;
  /** Milliseconds since 1970, of its last change. */
  readonly at: number;
}

/** Of all people and workflows together. The oldest make room. */
const MOST = 30;
const PREFIX = 'vaquita.draft:';

export interface Drafts {
  /** The one that was changed last, whichever version it was made from. */
  newest(place: DraftPlace): Draft | null;
  /** @returns false when the browser would not keep it: no room, or no storage. */
  keep(place: DraftPlace, draft: Draft): boolean;
  drop(place: DraftPlace, base: number): void;
}

/** Every method bears a storage that is full or forbidden. */
export function createDrafts(open: () => DraftStorage): Drafts {
  function storage(): DraftStorage | null {
    try {
      return open();
    } catch {
      return null;
    }
  }

  return {
    newest(place) {
      const start = placeKey(place);
      return all(storage()).find(({ key }) => key.startsWith(start))?.draft ?? null;
    },
    keep(place, draft) {
      const store = storage();
      if (store === null) return false;
      const key = placeKey(place) + draft.base;
      const others = all(store).filter((other) => other.key !== key);
      for (const { key: old } of others.slice(MOST - 1)) store.removeItem(old);
      try {
        store.setItem(key, JSON.stringify(draft));
        return true;
      } catch {
        // What stands there is older than what could not be kept: it must not be offered in its place.
        store.removeItem(key);
        return false;
      }
    },
    drop: (place, base) => storage()?.removeItem(placeKey(place) + base),
  };
}

/** Ends with the separator, so that no id is taken for a longer one. */
function placeKey({ user, project, workflow }: DraftPlace): string {
  return `${PREFIX}${[user, project, workflow].map(encodeURIComponent).join('/')}/`;
}

/** Newest first. What is no draft is left alone. */
function all(store: DraftStorage | null): readonly { readonly key: string; readonly draft: Draft }[] {
  if (store === null) return [];
  const keys = Array.from({ length: store.length }, (_, i) => store.key(i) ?? '');
  return keys
    .filter((key) => key.startsWith(PREFIX))
    .flatMap((key) => {
      const draft = read(store.getItem(key));
      return draft === null ? [] : [{ key, draft }];
    })
    .sort((a, b) => b.draft.at - a.draft.at);
}

function read(value: string | null): Draft | null {
  try {
    const { base, text, at } = JSON.parse(value ?? '') as Partial<Draft>;
    return typeof base === 'number' && typeof text === 'string' && typeof at === 'number' ? { base, text, at } : null;
  } catch {
    return null;
  }
}
