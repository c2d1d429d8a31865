/**
 * Cuts an SQL script into statements and turns its placeholders into bound values. Values never become SQL text,
 * except where the script says so with `!{name}`; and what is put in that way cannot end its statement and begin another.
 *
 * `${name}` and `$[time]` are bound where they stand by themselves, also when a pair of quotes stands around exactly one
 * of them. Inside a longer literal or a comment they are left alone.
 */
import {
  evaluateTimeExpression,
  findPlaceholders,
  PARAM_NAME,
  type Placeholder,
  type TimeContext,
} from '@vaquita/core';

/** As SQLite binds it. A number is one only when its text is exactly how the number is written. */
export type SqlValue =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'integer'; readonly value: string }
  | { readonly type: 'real'; readonly value: number };

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
      const replaced = replace(scan, placeholder);
      if (typeof replaced === 'string') sql += quoted === 1 ? `'${replaced.replaceAll("'", "''")}'` : replaced;
      else {
        sql += '?';
        values.push(replaced);
      }
      words.push('?');
      at = placeholder.end + quoted;
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
  if (kind !== 'time') return PARAM_NAME.test(content);
  return evaluateTimeExpression(content, time).kind === 'value';
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

/** Text that is exactly a number is bound as one, so that it compares as one; a text column turns it back. */
function bindable(text: string): SqlValue {
  if (/^(0|-?[1-9]\d{0,17})$/.test(text)) return { type: 'integer', value: text };
  const number = Number(text);
  if (/^-?\d+\.\d+$/.test(text) && String(number) === text) return { type: 'real', value: number };
  return { type: 'text', value: text };
}
