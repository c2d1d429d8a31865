import { expect, it } from 'vitest';
import { createDrafts, type DraftStorage } from './drafts.ts';

/** A storage with room for so many characters. */
function storageOf(room = Number.POSITIVE_INFINITY) {
  const held = new Map<string, string>();
  const storage: DraftStorage = {
    get length() {
      return held.size;
    },
    key: (i) => [...held.keys()][i] ?? null,
    getItem: (key) => held.get(key) ?? null,
    setItem(key, value) {
      if (value.length > room) throw new Error('QuotaExceededError');
      held.set(key, value);
    },
    removeItem: (key) => void held.delete(key),
  };
  return { held, storage, drafts: createDrafts(() => storage) };
}

const place = { user: 'eve', project: 'p', workflow: 'w1' };

it('keeps one draft for each person, workflow and version, and finds the newest', () => {
  const { drafts } = storageOf();
  expect(drafts.newest(place)).toBeNull();
  drafts.keep(place, { base: 3, text: 'a', at: 1 });
  drafts.keep(place, { base: 4, text: 'b', at: 3 });
  drafts.keep(place, { base: 3, text: 'c', at: 2 });
  drafts.keep({ ...place, user: 'bob' }, { base: 4, text: 'his', at: 9 });
  drafts.keep({ ...place, workflow: 'w12' }, { base: 1, text: 'another', at: 9 });
  drafts.keep({ ...place, workflow: '' }, { base: 0, text: 'new', at: 9 });
  drafts.keep({ user: 'eve', project: 'p/w1', workflow: '' }, { base: 0, text: 'of another project', at: 9 });
  expect(drafts.newest(place)).toEqual({ base: 4, text: 'b', at: 3 });
  drafts.drop(place, 4);
  expect(drafts.newest(place)).toEqual({ base: 3, text: 'c', at: 2 });
  drafts.drop(place, 3);
  expect(drafts.newest(place)).toBeNull();
  expect(drafts.newest({ ...place, workflow: '' })?.text).toBe('new');
});

it('says when there is no room, and offers no older text in its place', () => {
  const { drafts } = storageOf(100);
  expect(drafts.keep(place, { base: 1, text: 'short', at: 1 })).toBe(true);
  expect(drafts.keep(place, { base: 1, text: 'x'.repeat(200), at: 2 })).toBe(false);
  expect(drafts.newest(place)).toBeNull();
});

it('bears a browser that has no storage for it', () => {
  const drafts = createDrafts(() => {
    throw new Error('SecurityError');
  });
  expect(drafts.keep(place, { base: 1, text: 'x', at: 1 })).toBe(false);
  expect(drafts.newest(place)).toBeNull();
  drafts.drop(place, 1);
});

it('gives up the oldest of many, and leaves alone what is none', () => {
  const { drafts, held } = storageOf();
  held.set('vaquita.theme', 'dark');
  held.set('vaquita.draft:eve/p/w1/7', '{"text":');
  for (let i = 1; i <= 40; i++) drafts.keep({ ...place, workflow: `w${i}` }, { base: 1, text: 'x', at: i });
  expect(drafts.newest({ ...place, workflow: 'w10' })).toBeNull();
  expect(drafts.newest({ ...place, workflow: 'w11' })).not.toBeNull();
  expect(drafts.newest({ ...place, workflow: 'w40' })).not.toBeNull();
  expect(held.get('vaquita.theme')).toBe('dark');
});
