/** What happened, one line each, with names in the place of ids so that people can follow it. */

export interface Trace {
  readonly lines: readonly string[];
  say(at: number, line: string): void;
  /** From now on this id is written as that name. */
  name(id: string, name: string): void;
  named(text: string): string;
}

/** Where an error was made: it differs with who calls. */
const STACK = /(\\n\s+at [^"]*?)(?=")/g;
const ID = /\b[0-9a-hjkmnp-tv-z]{26}\b/g;

export function createTrace(keep: boolean): Trace {
  const lines: string[] = [];
  const names = new Map<string, string>();

  function named(text: string): string {
    return text.replace(ID, (id) => {
      const known = names.get(id) ?? `id-${names.size}`;
      names.set(id, known);
      return known;
    });
  }

  return {
    lines,
    say(at, line) {
      if (keep) lines.push(`${(at / 1000).toFixed(3).padStart(10)}  ${named(line.replace(STACK, ''))}`);
    },
    name: (id, name) => void names.set(id, name),
    named,
  };
}
