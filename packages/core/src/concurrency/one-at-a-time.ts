/** Work on many things: for one of them, one piece of work after the other; for different ones at the same time. */
export interface OneAtATime<Key> {
  /** Does the work when everything asked for before it, about the same thing, is over. Settles as the work does. */
  about<T>(key: Key, work: () => Promise<T>): Promise<T>;
  isBusy(key: Key): boolean;
  /** Resolves when the work that was asked for until now is over, however it ended. */
  idle(): Promise<void>;
}

export function createOneAtATime<Key>(): OneAtATime<Key> {
  const last = new Map<Key, Promise<unknown>>();

  return {
    about(key, work) {
      const mine = (last.get(key) ?? Promise.resolve()).then(work, work);
      last.set(key, mine);
      const done = () => {
        if (last.get(key) === mine) last.delete(key);
      };
      mine.then(done, done);
      return mine;
    },
    isBusy: (key) => last.has(key),
    async idle() {
      await Promise.allSettled(last.values());
    },
  };
}
