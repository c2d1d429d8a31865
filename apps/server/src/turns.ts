/** Lets so many pieces of work go on at the same time, and the others wait in the order in which they came. */
export interface Turns {
  /** Settles as the work does. */
  take<T>(work: () => Promise<T>): Promise<T>;
}

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let free = atOnce;

  return {
    async take(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        // Handed on, so that nobody who comes now is before who waits.
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
