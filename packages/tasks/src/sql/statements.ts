/**
 * Cuts an SQL script into statements and turns its placeholders into bound values. Values never become SQL text,
 * except where the script says so with `!{name}`; and what is put in that way cannot end its statement and begin another.
 *
 * `${name}` and `$[time]` are bound where they stand by themselves, also when a pair of quotes stands around exactly one
 * of them. Inside a longer literal or a comment they are left alone. A list alone in `in (…)` is bound entry by entry.
 */
import {
  evaluateTimeExpression,
  findPlaceholders,
  PARAM_REFERENCE,
  type Placeholder,
  type TimeContext,
} from '@vaquita/core';
import { bindable, bindableEntries, MAX_LIST_VALUES, type SqlValue } from './values.ts';

export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export interface SqlScript {
  readonly statements: readonly Statement[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

interface Scan {
  readonly script: string;
  readonly params: Readonly<Record<string, string>>;
  readonly time: TimeContext;
  readonly placeholders: ReadonlyMap<number, Placeholder>;
  readonly problems: string[];
  readonly warnings: Set<string>;
}

export function parseScript(script: string, params: Readonly<Record<string, string>>, time: TimeContext): SqlScript {
  // `${x:-1}`, '$[0]' and the like are text of the script, such as a path into JSON.
  const meant = findPlaceholders(script).filter((found) => isMeant(found, time));
  const placeholders = new Map(meant.map((found) => [found.start, found]));
  const scan: Scan = { script, params, time, placeholders, problems: [], warnings: new Set() };
  const statements: Statement[] = [];
  let sql = '';
  let values: SqlValue[] = [];
  let words: string[] = [];
  /** Open `BEGIN … END` and `CASE … END` inside a trigger, whose statements are not the script's own. */
  let depth = 0;

  function finish(): void {
    if (words.length > 0) statements.push({ sql: sql.trim(), values });
    sql = '';
    values = [];
    words = [];
    depth = 0;
  }

  for (let at = 0; at < script.length; ) {
    const skipped = commentAt(script, at);
    if (skipped > at) {
      sql += ' ';
      at = skipped;
      continue;
    }
    const placeholder = placeholders.get(at) ?? quotedPlaceholder(scan, at);
    if (placeholder !== undefined) {
      const quoted = script[at] === "'" ? 1 : 0;
      const after = placeholder.end + quoted;
      const replaced = replace(scan, placeholder);
      const entries = fillsIn(script, words, after) ? entriesOf(scan, placeholder) : undefined;
      if (entries !== undefined) {
        // No list is empty in SQL; nothing equals null.
        sql += entries.length === 0 ? 'null' : entries.map(() => '?').join(',');
        values.push(...entries);
      } else if (typeof replaced === 'string') sql += quoted === 1 ? `'${replaced.replaceAll("'", "''")}'` : replaced;
      else {
        sql += '?';
        values.push(replaced);
      }
      words.push('?');
      at = after;
      continue;
    }
    const literal = quotedAt(script, at);
    if (literal > at) {
      warnInside(scan, at, literal);
      sql += script.slice(at, literal);
      words.push("'");
      at = literal;
      continue;
    }
    const word = /[A-Za-z_][A-Za-z0-9_]*/y;
    word.lastIndex = at;
    const found = word.exec(script)?.[0];
    if (found !== undefined) {
      words.push(found.toLowerCase());
      depth += depthChange(words);
      sql += found;
      at += found.length;
      continue;
    }
    if (script[at] === ';' && depth <= 0) finish();
    else {
      if (!/\s/.test(script[at]!)) words.push(script[at]!);
      sql += script[at];
    }
    at += 1;
  }
  finish();
  return { statements, problems: scan.problems, warnings: [...scan.warnings] };
}

function isMeant({ kind, content }: Placeholder, time: TimeContext): boolean {
  if (kind !== 'time') return PARAM_REFERENCE.test(content);
  return evaluateTimeExpression(content, time).kind === 'value';
}

/** Whether what ends here stands alone between the parentheses of `in (…)`. */
function fillsIn(script: string, words: readonly string[], end: number): boolean {
  if (words.at(-1) !== '(' || words.at(-2) !== 'in') return false;
  let at = end;
  for (;;) {
    const next = /\s/.test(script[at] ?? '') ? at + 1 : commentAt(script, at);
    if (next === at) return script[at] === ')';
    at = next;
  }
}

function entriesOf(scan: Scan, { kind, content }: Placeholder): readonly SqlValue[] | undefined {
  if (kind !== 'value' || !Object.hasOwn(scan.params, content)) return undefined;
  const entries = bindableEntries(scan.params[content]!);
  if (entries === undefined || entries.length <= MAX_LIST_VALUES) return entries;
  const most = `in (\${${content}}) takes a list of at most ${MAX_LIST_VALUES} entries, and this one has ${entries.length}`;
  scan.problems.push(`${most}; write in (select value from json_each(\${${content}}))`);
  return undefined;
}

function depthChange(words: readonly string[]): number {
  const word = words.at(-1);
  if (word !== 'begin' && word !== 'case' && word !== 'end') return 0;
  if (words[0] !== 'create' || !words.slice(0, 4).includes('trigger')) return 0;
  return word === 'end' ? -1 : 1;
}

/** The place after a comment that begins here, or the same place. */
function commentAt(script: string, at: number): number {
  const end = (mark: string, length: number): number => {
    const found = script.indexOf(mark, at + 2);
    return found < 0 ? script.length : found + length;
  };
  if (script.startsWith('--', at)) return end('\n', 1);
  if (script.startsWith('/*', at)) return end('*/', 2);
  return at;
}

const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' };

/** The place after a literal or a quoted name that begins here, or the same place. */
function quotedAt(script: string, at: number): number {
  const close = CLOSING[script[at]!];
  if (close === undefined) return at;
  for (let i = at + 1; i < script.length; i++) {
    if (script[i] !== close) continue;
    if (close !== ']' && script[i + 1] === close) i += 1;
    else return i + 1;
  }
  return script.length;
}

/** `'${name}'`: quotes around nothing but one placeholder, as people write it who come from textual substitution. */
function quotedPlaceholder(scan: Scan, at: number): Placeholder | undefined {
  if (scan.script[at] !== "'") return undefined;
  const inner = scan.placeholders.get(at + 1);
  if (inner === undefined || scan.script[inner.end] !== "'" || scan.script[inner.end + 1] === "'") return undefined;
  return inner;
}

function warnInside({ placeholders, script, warnings }: Scan, from: number, to: number): void {
  for (const { start, end } of placeholders.values()) {
    if (start <= from || end >= to) continue;
    const text = script.slice(start, end);
    warnings.add(`${text} stands inside quotes and is left as it is. Write it without quotes; join texts with ||.`);
  }
}

function replace(scan: Scan, { kind, content, start, end }: Placeholder): SqlValue | string {
  const original = scan.script.slice(start, end);
  if (kind === 'time') {
    const result = evaluateTimeExpression(content, scan.time);
    return result.kind === 'value' ? { type: 'text', value: result.value } : original;
  }
  if (!Object.hasOwn(scan.params, content)) {
    scan.problems.push(`there is no parameter "${content}" for ${original}`);
    return original;
  }
  const value = scan.params[content]!;
  return kind === 'raw' ? value : bindable(value);
}
