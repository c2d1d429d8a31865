/** The values of conditions. Every number and boolean keeps the text it came from, so that `1.50` stays `1.50`. */
import { ConditionProblem, numberOf } from './expression-tokens.ts';

export type Value =
  | { readonly type: 'number'; readonly number: number; readonly text: string }
  | { readonly type: 'boolean'; readonly boolean: boolean; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly Value[] };

export const numberValue = (number: number): Value => ({ type: 'number', number, text: String(number) });
export const booleanValue = (boolean: boolean): Value => ({ type: 'boolean', boolean, text: String(boolean) });
export const textValue = (text: string): Value => ({ type: 'text', text });

/** What a parameter is worth: a number or a boolean if its text is exactly one, else text. */
export function boundValue(text: string): Value {
  const number = numberOf(text);
  if (number !== undefined) return { type: 'number', number, text };
  return text === 'true' || text === 'false' ? booleanValue(text === 'true') : textValue(text);
}

/**
 * Alike types compare as they are. A number and a text that reads as a number compare as numbers, so that
 * `${day} == '20260131'` holds; a boolean and a text compare as texts. Everything else differs.
 */
export function isEqual(left: Value, right: Value): boolean {
  if (left.type === 'list' || right.type === 'list') {
    if (left.type !== 'list' || right.type !== 'list' || left.items.length !== right.items.length) return false;
    return left.items.every((item, i) => isEqual(item, right.items[i]!));
  }
  const numbers = bothNumbers(left, right);
  if (numbers !== undefined) return numbers[0] === numbers[1];
  if (left.type === 'number' || right.type === 'number') return false;
  return left.text === right.text;
}

/** Negative when left comes first. Numbers by size, texts by their characters, so that ISO dates order. */
export function compare(left: Value, right: Value, at: number): number {
  const numbers = bothNumbers(left, right);
  if (numbers !== undefined) return numbers[0] - numbers[1];
  if (left.type !== 'text' || right.type !== 'text')
    throw new ConditionProblem(`${describeValue(left)} and ${describeValue(right)} have no order`, at);
  return left.text < right.text ? -1 : left.text > right.text ? 1 : 0;
}

/** The two as numbers if one is a number and the other is or reads as one. */
function bothNumbers(left: Value, right: Value): readonly [number, number] | undefined {
  if (left.type !== 'number' && right.type !== 'number') return undefined;
  const [a, b] = [readNumber(left), readNumber(right)];
  return a === undefined || b === undefined ? undefined : [a, b];
}

function readNumber(value: Value): number | undefined {
  if (value.type === 'number') return value.number;
  return value.type === 'text' ? numberOf(value.text) : undefined;
}

/** For sentences: what kind of value it is, and which. */
export function describeValue(value: Value): string {
  if (value.type === 'list') return `a list of ${value.items.length}`;
  if (value.type !== 'text') return `the ${value.type} ${value.text}`;
  return `the text ${JSON.stringify(value.text.length > 40 ? `${value.text.slice(0, 40)}…` : value.text)}`;
}
