/** Cuts the text of a condition into tokens. Nothing is worked out here; a place is an offset into the text. */
import { PARAM_REFERENCE } from '../params/placeholder.ts';

export type TextPart = { readonly text: string } | { readonly param: string };

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  /** In quotes. A `${name}` in it stands for the text of a parameter. */
  | { readonly kind: 'text'; readonly parts: readonly TextPart[]; readonly at: number }
  | { readonly kind: 'param'; readonly name: string; readonly at: number }
  | { readonly kind: 'word'; readonly word: string; readonly at: number }
  | { readonly kind: 'sign'; readonly sign: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number };

/** The condition cannot be read, or cannot be worked out. The message is for the person who wrote it. */
export class ConditionProblem extends Error {
  /** Offset into the text, for the sentence and for an editor. */
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const SPACE = /\s+/y;
const NUMBER = /\d+(\.\d+)?([eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_]\w*/y;
const PARAM = /\$\{([^{}]*)\}/y;
/** Longest first: `===` before `==` before `=`. */
const SIGN = /===|!==|==|!=|<=|>=|&&|\|\||[<>!+\-*/%()[\],.]/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['$', '$'],
]);

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = match(SPACE, text, 0)?.length ?? 0; at < text.length; ) {
    const { token, end } = nextToken(text, at);
    tokens.push(token);
    at = end + (match(SPACE, text, end)?.length ?? 0);
  }
  tokens.push({ kind: 'end', at: text.length });
  return tokens;
}

function nextToken(text: string, at: number): { readonly token: Token; readonly end: number } {
  const first = text[at]!;
  if (first === "'" || first === '"') return quoted(text, at);
  if (first === '$') {
    const name = paramAt(text, at);
    return { token: { kind: 'param', name, at }, end: at + name.length + 3 };
  }
  const number = match(NUMBER, text, at);
  if (number !== undefined) {
    const value = numberOf(number);
    if (value === undefined) throw new ConditionProblem(`${number} is too large for a number; write it in quotes`, at);
    return { token: { kind: 'number', value, at }, end: at + number.length };
  }
  const word = match(WORD, text, at);
  if (word !== undefined) return { token: { kind: 'word', word, at }, end: at + word.length };
  const sign = match(SIGN, text, at);
  if (sign !== undefined) return { token: { kind: 'sign', sign, at }, end: at + sign.length };
  throw new ConditionProblem(`${JSON.stringify(first)} means nothing here${HINTS.get(first) ?? ''}`, at);
}

const HINTS: ReadonlyMap<string, string> = new Map([
  ['=', '; write == to compare'],
  ['&', '; write && for "and"'],
  ['|', '; write || for "or"'],
]);

/** The name in the `${name}` that begins at `at`. */
function paramAt(text: string, at: number): string {
  PARAM.lastIndex = at;
  const name = PARAM.exec(text)?.[1];
  if (name !== undefined && PARAM_REFERENCE.test(name)) return name;
  if (text[at + 1] === '[')
    throw new ConditionProblem(
      'a time expression cannot stand in a condition; give a parameter that value and name it',
      at,
    );
  throw new ConditionProblem('a "$" begins a parameter such as ${region}, and what follows is none', at);
}

function quoted(text: string, at: number): { readonly token: Token; readonly end: number } {
  const quote = text[at]!;
  const parts: TextPart[] = [];
  let plain = '';
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i]!;
    if (char === quote) {
      if (plain !== '' || parts.length === 0) parts.push({ text: plain });
      return { token: { kind: 'text', parts, at }, end: i + 1 };
    }
    if (char === '\\') {
      const escaped = ESCAPES.get(text[i + 1] ?? '');
      if (escaped === undefined)
        throw new ConditionProblem('a "\\" in quotes stands before one of \\ \' " $ n r t; write \\\\ for itself', i);
      plain += escaped;
      i += 1;
      continue;
    }
    const name = char === '$' && text[i + 1] === '{' ? paramAt(text, i) : undefined;
    if (name === undefined) plain += char;
    else {
      if (plain !== '') parts.push({ text: plain });
      plain = '';
      parts.push({ param: name });
      i += name.length + 2;
    }
  }
  throw new ConditionProblem(`the quote ${quote} is not closed`, at);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** As JSON writes numbers. `007`, and integers beyond what a double holds exactly, are text: they are names, not amounts. */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

export function numberOf(text: string): number | undefined {
  if (text.length > 40 || !JSON_NUMBER.test(text)) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(value) ? undefined : value;
}
