/** A newest-first list whose rows never jump: what is newer than its top row waits until it is asked for. */
import { untrack } from 'svelte';
import { holdBack } from './hold-back.ts';

export interface HeldBack<Row> {
  readonly shown: readonly Row[];
  /** How many wait above them. */
  readonly fresh: number;
  readonly showFresh: () => void;
}

/** To be called while a component is set up. `filterKey`: another one shows its newest rows at once. */
export function heldBack<Row extends { readonly id: string }>(
  all: () => readonly Row[],
  filterKey: () => string,
): HeldBack<Row> {
  // Null takes the newest that is known.
  let top = $state.raw<{ readonly filter: string; readonly id: string } | null>(null);
  const held = $derived(holdBack(all(), top?.filter === filterKey() ? top.id : null));
  $effect(() => {
    const first = held.shown[0]?.id;
    const filter = filterKey();
    if (first !== undefined && untrack(() => top?.id !== first || top.filter !== filter)) top = { filter, id: first };
  });
  return {
    get shown() {
      return held.shown;
    },
    get fresh() {
      return held.fresh;
    },
    showFresh: () => {
      top = null;
    },
  };
}
