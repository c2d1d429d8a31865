/**
 * Keyboard shortcuts of the pages. Components register what they can do while they are shown; the newest comes first.
 * Single letters are silent inside fields, inside dialogs, with modifiers, and when a person has switched them off.
 */
import type { HelpMessages } from '#lib/i18n/late/en-help.ts';

export interface Shortcut {
  /** One key (`r`), two in a row (`g w`), or with control (`Ctrl+k`, also ⌘ on a Mac). */
  readonly keys: string;
  /** What the list of shortcuts says it does; of one that leads to a page, the page. */
  readonly does: keyof HelpMessages['does'] | { readonly goTo: () => string };
  readonly run: () => void;
}

export interface KeyPress {
  readonly key: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  /** The press went to a field or a dialog. */
  readonly busy: boolean;
  readonly at: number;
}

const SEQUENCE_MS = 1200;

export class Shortcuts {
  readonly #registered: Shortcut[] = [];
  #first: { readonly key: string; readonly at: number } | undefined;

  add(shortcuts: readonly Shortcut[]): () => void {
    this.#registered.unshift(...shortcuts);
    return () => {
      for (const shortcut of shortcuts) {
        const at = this.#registered.indexOf(shortcut);
        if (at !== -1) this.#registered.splice(at, 1);
      }
    };
  }

  /** What works now, in the order in which it came; of a key that two want, only who has it. */
  get all(): readonly Shortcut[] {
    const taken = new Map(this.#registered.toReversed().map((shortcut) => [shortcut.keys, shortcut]));
    return [...taken.values()];
  }

  /** True when the press was taken; the caller then stops the browser from using it. */
  press(press: KeyPress, singleKeys: boolean): boolean {
    const key = press.key.length === 1 ? press.key : press.key.toLowerCase();
    if (press.ctrl) return this.#run(`Ctrl+${key.toLowerCase()}`);
    if (press.busy || press.alt || !singleKeys || key === 'shift') return false;
    const first = this.#first !== undefined && press.at - this.#first.at < SEQUENCE_MS ? this.#first.key : undefined;
    this.#first = undefined;
    if (first !== undefined && this.#run(`${first} ${key}`)) return true;
    if (this.#registered.some((shortcut) => shortcut.keys.startsWith(`${key} `))) {
      this.#first = { key, at: press.at };
      return false;
    }
    return this.#run(key);
  }

  #run(keys: string): boolean {
    const found = this.#registered.find((shortcut) => shortcut.keys === keys);
    found?.run();
    return found !== undefined;
  }
}

export const shortcuts = new Shortcuts();

/** Reads a browser event. `busy` when a field or an open dialog has it. */
export function readPress(event: KeyboardEvent): KeyPress {
  const target = event.target instanceof Element ? event.target : null;
  return {
    key: event.key,
    ctrl: event.ctrlKey || event.metaKey,
    alt: event.altKey,
    busy:
      target?.closest('input, select, textarea, [contenteditable], dialog, [popover]:popover-open, .cm-editor') !==
        null && target !== null,
    at: event.timeStamp,
  };
}
