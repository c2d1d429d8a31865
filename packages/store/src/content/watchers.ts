/** Who wants to be told when a log grows. */
import type { TaskInstanceId } from '@vaquita/core';

export interface Watchers {
  /** @returns ends it. */
  watch(id: TaskInstanceId, onGrown: () => void): () => void;
  grown(id: TaskInstanceId): void;
  /** Any of them may have grown. */
  wake(): void;
}

export function createWatchers(): Watchers {
  const watchers = new Map<TaskInstanceId, Set<() => void>>();

  return {
    watch(id, onGrown) {
      const listeners = watchers.get(id) ?? new Set();
      watchers.set(id, listeners.add(onGrown));
      return () => {
        listeners.delete(onGrown);
        if (listeners.size === 0 && watchers.get(id) === listeners) watchers.delete(id);
      };
    },
    grown(id) {
      for (const onGrown of [...(watchers.get(id) ?? [])]) onGrown();
    },
    wake() {
      for (const listeners of [...watchers.values()]) for (const onGrown of [...listeners]) onGrown();
    },
  };
}
