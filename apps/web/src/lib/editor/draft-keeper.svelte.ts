/** The draft of one editor: the one that is found when it opens, and the one that is kept while it is typed in. */
import { createDrafts, type Draft, type DraftPlace } from './drafts.ts';

export class DraftKeeper {
  /** One that was left behind, until it is decided what becomes of it. */
  offered = $state.raw<Draft | null>(null);
  /** Whether the browser could keep what was typed last. */
  kept = $state(true);
  readonly #drafts = createDrafts(() => localStorage);
  #place: DraftPlace | undefined;

  /** Once it is known who types. @param text what the editor shows: a draft that says the same is none. */
  begin(place: DraftPlace, text: string): void {
    if (this.#place !== undefined) return;
    this.#place = place;
    const found = this.#drafts.newest(place);
    if (found !== null && found.text !== text) this.offered = found;
  }

  /** What is as it was saved is no draft; one that is still offered is left where it is. */
  keep({ base, text, saved }: { readonly base: number; readonly text: string; readonly saved: string }): void {
    if (this.#place === undefined) return;
    if (text !== saved) this.kept = this.#drafts.keep(this.#place, { base, text, at: Date.now() });
    else if (this.offered === null) {
      this.#drafts.drop(this.#place, base);
      this.kept = true;
    }
  }

  drop(base: number): void {
    if (this.#place !== undefined) this.#drafts.drop(this.#place, base);
    if (this.offered?.base === base) this.offered = null;
  }
}
