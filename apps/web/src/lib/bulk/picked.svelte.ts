/** Which rows of a list are chosen: one by one, by ranges, or all that match its filters. */
import { SvelteSet } from 'svelte/reactivity';

export class Picked {
  readonly ids = new SvelteSet<string>();
  /** All that match the filters, also those that are not shown. */
  matching = $state(false);
  #last: string | null = null;

  get any(): boolean {
    return this.matching || this.ids.size > 0;
  }

  has(id: string): boolean {
    return this.matching || this.ids.has(id);
  }

  /** @param range every row from the one before to this one, as this one becomes @param shown in the order of the page */
  toggle(id: string, range: boolean, shown: readonly string[]): void {
    const on = !this.has(id);
    if (this.matching) this.choose(shown);
    const from = range && this.#last !== null ? shown.indexOf(this.#last) : -1;
    const to = shown.indexOf(id);
    const reached = from === -1 || to === -1 ? [id] : shown.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const one of reached) {
      if (on) this.ids.add(one);
      else this.ids.delete(one);
    }
    this.#last = id;
  }

  choose(ids: readonly string[]): void {
    this.matching = false;
    this.ids.clear();
    for (const id of ids) this.ids.add(id);
  }

  clear(): void {
    this.choose([]);
    this.#last = null;
  }
}
