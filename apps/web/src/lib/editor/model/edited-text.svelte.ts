/**
 * The one document that all panes of the editor show and change. The text is what is true; panes that show something
 * else read it from the text, and change it by commands. Loaded with the editor, not before.
 */
import type { Outline } from '../../definition/document.ts';
import { type Reading, readYaml } from '../read-yaml.ts';
import { type Command, isRefusal, type Refusal } from './commands.ts';
import { createHistory } from './history.ts';
import { changeText } from './write.ts';

/** Typing is read when it pauses. */
const PAUSE_MS = 120;

/** Lines end as the editor ends them. */
export const linesOf = (text: string): string => text.replace(/\r\n?/g, '\n');

export class EditedText {
  text = $state.raw('');
  reading: Reading = $state.raw()!;
  /** Of the last text that could be read. */
  outline = $state.raw<Outline | null>(null);
  canUndo = $state(false);
  canRedo = $state(false);
  readonly #history = createHistory();
  readonly #onchange: (text: string) => void;
  readonly #waiting = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onchange`: after each change, whoever made it. */
  constructor(text: string, onchange: (text: string) => void) {
    this.#onchange = onchange;
    this.text = linesOf(text);
    this.#understand(readYaml(this.text));
  }

  /** Whether the text cannot be read, so that only the text itself can be changed. */
  get isBroken(): boolean {
    return this.reading.outline === null;
  }

  /** Why the text is as it was; undefined: it was changed. `group`: see History. */
  run(command: Command, group = ''): Refusal | undefined {
    this.settle();
    const outcome = command(this.reading.value);
    if (isRefusal(outcome)) return outcome;
    if (outcome.length === 0) return undefined;
    const next = changeText(this.reading, outcome);
    if (next === undefined) return { why: 'byHand' };
    this.#become(next.text, group, next);
    return undefined;
  }

  /** What was typed into the text. */
  type(text: string): void {
    if (text === this.text) return;
    this.#become(text, 'text');
  }

  /** Another text as a whole; an undo brings back what stood there. */
  replace(text: string): void {
    const next = linesOf(text);
    if (next !== this.text) this.#become(next, '', readYaml(next));
  }

  undo(): void {
    this.settle();
    this.#travel(this.#history.undo(this.text));
  }

  redo(): void {
    this.settle();
    this.#travel(this.#history.redo(this.text));
  }

  /** A form gives what writes at once whatever it still keeps back; gives back what ends that. */
  whenRead = (flush: () => void): (() => void) => {
    this.#waiting.add(flush);
    return () => this.#waiting.delete(flush);
  };

  /** Has forms write what they keep back, and reads what was typed. */
  settle(): void {
    // What they write may come here again.
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const flush of waiting) flush();
    for (const flush of waiting) this.#waiting.add(flush);
    clearTimeout(this.#timer);
    if (this.reading.text !== this.text) this.#understand(readYaml(this.text));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #become(text: string, group: string, reading?: Reading): void {
    this.#history.record(this.text, text, group, Date.now());
    this.#show(text, reading);
  }

  #travel(text: string | undefined): void {
    if (text !== undefined) this.#show(text, readYaml(text));
  }

  #show(text: string, reading?: Reading): void {
    clearTimeout(this.#timer);
    this.text = text;
    this.canUndo = this.#history.canUndo;
    this.canRedo = this.#history.canRedo;
    if (reading !== undefined) this.#understand(reading);
    else this.#timer = setTimeout(() => this.settle(), PAUSE_MS);
    this.#onchange(text);
  }

  #understand(reading: Reading): void {
    this.reading = reading;
    if (reading.outline !== null) this.outline = reading.outline;
  }
}
