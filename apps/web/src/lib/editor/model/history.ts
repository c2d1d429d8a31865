/**
 * Undo and redo of one text, whoever has changed it. A step is one span of it that was replaced, so that going back
 * gives exactly what stood there. Pure.
 */
export interface Span {
  readonly at: number;
  readonly removed: string;
  readonly added: string;
}

/** What must be replaced to make the one of the other; null when they are the same. */
export function spanBetween(before: string, after: string): Span | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let at = 0;
  while (at < shorter && before.charCodeAt(at) === after.charCodeAt(at)) at++;
  let same = 0;
  while (
    same < shorter - at &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++;
  return { at, removed: before.slice(at, before.length - same), added: after.slice(at, after.length - same) };
}

function forward(text: string, { at, removed, added }: Span): string {
  return text.slice(0, at) + added + text.slice(at + removed.length);
}

function backward(text: string, { at, removed, added }: Span): string {
  return text.slice(0, at) + removed + text.slice(at + added.length);
}

interface Step {
  readonly span: Span;
  readonly group: string;
  /** Of its last change, in milliseconds. */
  readonly at: number;
}

const MOST_STEPS = 1_000;
/** Changes of one group that follow each other sooner are one step. */
const PAUSE_MS = 800;

export interface History {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** `group`: what is changed, such as one field; empty: a step of its own. `at` in milliseconds. */
  record(before: string, after: string, group: string, at: number): void;
  /** The text as it was before the last step; undefined: there is none. */
  undo(text: string): string | undefined;
  redo(text: string): string | undefined;
}

export function createHistory(): History {
  let done: Step[] = [];
  let undone: Step[] = [];

  return {
    get canUndo() {
      return done.length > 0;
    },
    get canRedo() {
      return undone.length > 0;
    },
    record(before, after, group, at) {
      const last = done.at(-1);
      const joins = last !== undefined && undone.length === 0 && group !== '' && last.group === group;
      const start = joins && at - last.at < PAUSE_MS ? backward(before, last.span) : before;
      if (start !== before) done.pop();
      const span = spanBetween(start, after);
      if (before !== after) undone = [];
      if (span === null) return;
      done.push({ span, group, at });
      if (done.length > MOST_STEPS) done = done.slice(-MOST_STEPS);
    },
    undo(text) {
      const step = done.pop();
      if (step === undefined) return undefined;
      // What is done after it is a step of its own.
      undone.push({ ...step, group: '' });
      return backward(text, step.span);
    },
    redo(text) {
      const step = undone.pop();
      if (step === undefined) return undefined;
      done.push(step);
      return forward(text, step.span);
    },
  };
}
