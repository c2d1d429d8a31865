/**
 * What conditions can call: two closed tables. None takes a pattern or a piece of code, so each costs about a
 * pass over its arguments.
 */
import { ConditionProblem, numberOf } from './expression-tokens.ts';
import {
  booleanValue,
  boundValue,
  describeValue,
  isEqual,
  numberValue,
  textValue,
  type Value,
} from './expression-values.ts';

export type ConditionFunction = (args: readonly Value[], at: number) => Value;

interface Entry {
  /** For a method with what stands before the point. */
  readonly arguments: number;
  readonly run: ConditionFunction;
}

const size: Entry = {
  arguments: 1,
  run: ([value], at) => numberValue(value!.type === 'list' ? value!.items.length : [...textOf(value!, at)].length),
};

const includes: Entry = {
  arguments: 2,
  run: ([whole, part], at) =>
    booleanValue(
      whole!.type === 'list' ? contains(whole!.items, part!) : textOf(whole!, at).includes(soughtText(part!, at)),
    ),
};

const ofText = (change: (text: string) => string): Entry => ({
  arguments: 1,
  run: ([value], at) => textValue(change(textOf(value!, at))),
});

const ofTwoTexts = (test: (whole: string, part: string) => boolean): Entry => ({
  arguments: 2,
  run: ([whole, part], at) => booleanValue(test(textOf(whole!, at), textOf(part!, at))),
});

/** Called after a value: `${name}.startsWith('a')`. */
export const METHODS: ReadonlyMap<string, Entry> = new Map([
  ['contains', includes],
  ['includes', includes],
  ['startsWith', ofTwoTexts((whole, part) => whole.startsWith(part))],
  ['endsWith', ofTwoTexts((whole, part) => whole.endsWith(part))],
  ['size', size],
  ['length', size],
  ['trim', ofText((text) => text.trim())],
  ['toLowerCase', ofText((text) => text.toLowerCase())],
  ['toUpperCase', ofText((text) => text.toUpperCase())],
]);

/** Called by themselves: `size(${name})`. */
export const FUNCTIONS: ReadonlyMap<string, Entry> = new Map([
  ['size', size],
  ['length', size],
  ['string', ofText((text) => text)],
  ['number', { arguments: 1, run: ([value], at) => numberValue(toNumber(value!, at)) }],
]);

/** A text on the right of `in` is read as a JSON list, the form in which parameters hold lists. */
export function isIn(item: Value, list: Value, at: number): boolean {
  if (list.type === 'list') return contains(list.items, item);
  const read = list.type === 'text' ? jsonList(list.text) : undefined;
  if (read === undefined)
    throw new ConditionProblem(`"in" needs a list on its right, and ${describeValue(list)} is none`, at);
  return contains(read, item);
}

function contains(items: readonly Value[], wanted: Value): boolean {
  return items.some((item) => isEqual(item, wanted));
}

function jsonList(text: string): readonly Value[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return undefined;
    return list.map((item: unknown) => (typeof item === 'string' ? textValue(item) : boundValue(JSON.stringify(item))));
  } catch {
    return undefined;
  }
}

/** Looking for a long text in a long text can cost their product. */
const MAX_SOUGHT = 1_000;

function soughtText(value: Value, at: number): string {
  const text = textOf(value, at);
  if (text.length <= MAX_SOUGHT) return text;
  throw new ConditionProblem(`a text that is looked for is longer than ${MAX_SOUGHT} characters`, at);
}

function textOf(value: Value, at: number): string {
  if (value.type === 'list') throw new ConditionProblem('a list stands where a text is needed', at);
  return value.text;
}

function toNumber(value: Value, at: number): number {
  if (value.type === 'number') return value.number;
  const text = textOf(value, at).trim();
  const number = numberOf(text.replace(/^([+-]?)0+(?=\d)/, '$1').replace(/^\+/, ''));
  if (number === undefined) throw new ConditionProblem(`${describeValue(value)} is not a number`, at);
  return number;
}
