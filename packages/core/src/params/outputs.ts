/**
 * Reads a task's output parameters from the lines it prints: `::set-output name=value` at the start of a line, or
 * `${setValue(name=value)}` and `#{setValue(name=value)}` anywhere in it, the latter also over several lines.
 */
import type { OutputDefinition } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import { checkValue } from './values.ts';

export interface OutputCollectorOptions {
  readonly declared: readonly OutputDefinition[];
  /** Bound for all names and values together, in UTF-8 bytes. */
  readonly maxBytes?: number;
}

export interface CollectedOutputs {
  readonly values: Readonly<Record<string, string>>;
  /** Wrong type, too large, never closed: reasons to fail the task, at `outputs.<name>`. */
  readonly problems: readonly Problem[];
  /** Harmless: an output that is not declared, a declared one that was never given. */
  readonly warnings: readonly Problem[];
}

export interface OutputCollector {
  /** One line of stdout without its line end, in order. */
  addLine(line: string): void;
  /** Sets an output that did not come from a line, such as a column of a query; the same rules hold. */
  set(name: string, value: string): void;
  finish(): CollectedOutputs;
}

export const DEFAULT_MAX_OUTPUT_BYTES = 65_536;
/** A line or block longer than this is no output, whatever the bound. */
const MAX_BLOCK_LINES = 1_024;
const MAX_UNDECLARED = 20;

const SET_OUTPUT = /^\s*::set-output\s+([^=\s]+)=(.*)$/s;
const OPENING = /[$#]\{setValue\(([^=)]+)=/g;
const CLOSING = ')}';

export function createOutputCollector({
  declared,
  maxBytes = DEFAULT_MAX_OUTPUT_BYTES,
}: OutputCollectorOptions): OutputCollector {
  const types = new Map(declared.map(({ name, type }) => [name, type]));
  const values = new Map<string, string>();
  const tooLarge = new Map<string, string>();
  const undeclared = new Set<string>();
  /** A `setValue(` whose end has not come yet. */
  let block: { name: string; lines: string[]; bytes: number } | null = null;

  function set(name: string, value: string): void {
    if (!types.has(name)) {
      if (undeclared.size < MAX_UNDECLARED) undeclared.add(name);
      return;
    }
    values.set(name, value);
    tooLarge.delete(name);
    if (sizeOf(values) > maxBytes) {
      values.delete(name);
      tooLarge.set(name, tooLargeText(name, maxBytes));
    }
  }

  function continueBlock(line: string): string | null {
    const open = block!;
    const close = line.indexOf(CLOSING);
    open.lines.push(close < 0 ? line : line.slice(0, close));
    open.bytes += byteLength(line) + 1;
    if (close >= 0) {
      block = null;
      set(open.name, open.lines.join('\n'));
      return line.slice(close + CLOSING.length);
    }
    if (open.bytes > maxBytes || open.lines.length > MAX_BLOCK_LINES) {
      block = null;
      values.delete(open.name);
      if (types.has(open.name)) tooLarge.set(open.name, tooLargeText(open.name, maxBytes));
    }
    return null;
  }

  return {
    addLine(raw) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      let rest: string | null = line;
      if (block !== null) rest = continueBlock(line);
      else {
        const match = SET_OUTPUT.exec(line);
        if (match !== null) {
          set(match[1]!, unescapeValue(match[2]!));
          return;
        }
      }
      while (rest !== null) {
        OPENING.lastIndex = 0;
        const opening = OPENING.exec(rest);
        if (opening === null) return;
        block = { name: opening[1]!.trim(), lines: [], bytes: 0 };
        rest = continueBlock(rest.slice(OPENING.lastIndex));
      }
    },

    set,

    finish() {
      const problems = [...tooLarge].map(([name, message]) => ({ path: `outputs.${name}`, message }));
      const unclosed = block !== null && types.has(block.name) ? block.name : undefined;
      if (unclosed !== undefined) {
        const message = `The output "${unclosed}" was begun with setValue( but never closed with )}.`;
        problems.push({ path: `outputs.${unclosed}`, message });
      }
      const good: [string, string][] = [];
      for (const [name, value] of values) {
        const wrong = checkValue(types.get(name)!, value);
        if (wrong === undefined) good.push([name, value]);
        else
          problems.push({
            path: `outputs.${name}`,
            message: `The output "${name}" was set to something else than declared: ${wrong}`,
          });
      }
      return { values: Object.fromEntries(good), problems, warnings: warningsOf() };
    },
  };

  function warningsOf(): Problem[] {
    const warnings: Problem[] = [];
    for (const name of undeclared) {
      const message = `The task set "${name}", which is not among its outputs; it is ignored. Declare it under outputs.`;
      warnings.push({ path: `outputs.${name}`, message });
    }
    for (const name of types.keys()) {
      if (values.has(name) || tooLarge.has(name) || block?.name === name) continue;
      warnings.push({ path: `outputs.${name}`, message: `The task declares the output "${name}" and did not set it.` });
    }
    return warnings;
  }
}

function unescapeValue(value: string): string {
  return value.replace(
    /%(0A|0D|25)/gi,
    (_, code: string) => ({ '0A': '\n', '0D': '\r', '25': '%' })[code.toUpperCase()]!,
  );
}

function sizeOf(values: ReadonlyMap<string, string>): number {
  let bytes = 0;
  for (const [name, value] of values) bytes += byteLength(name) + byteLength(value);
  return bytes;
}

function tooLargeText(name: string, maxBytes: number): string {
  return `The output "${name}" makes the outputs larger than ${maxBytes} bytes. Write it to a file and give its path.`;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
