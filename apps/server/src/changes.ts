/** Tells readers of the event record in this process that there may be something new. A hint; the record is the truth. */
export interface Changes {
  subscribe(onChange: () => void): () => void;
  announce(): void;
}

export function createChanges(): Changes {
  const listeners = new Set<() => void>();
  let planned = false;

  function tell(): void {
    planned = false;
    for (const listener of [...listeners]) listener();
  }

  return {
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    announce() {
      if (planned) return;
      planned = true;
      queueMicrotask(tell);
    },
  };
}
