/** Those of one client who wait for the same lock, in the order in which they came: only the first of them tries for it. */
export interface LockLine {
  /** Joins at the end. */
  join(wake: () => void): Place;
  readonly size: number;
  /** Something has changed: whoever is first looks again. */
  rouse(): void;
}

export interface Place {
  readonly isFirst: boolean;
  leave(): void;
}

export function createLockLine(): LockLine {
  const line: (() => void)[] = [];

  function rouse(): void {
    line[0]?.();
  }

  return {
    join(wake) {
      line.push(wake);
      return {
        get isFirst() {
          return line[0] === wake;
        },
        leave() {
          const wasFirst = line[0] === wake;
          line.splice(line.indexOf(wake), 1);
          if (wasFirst) rouse();
        },
      };
    },
    get size() {
      return line.length;
    },
    rouse,
  };
}
