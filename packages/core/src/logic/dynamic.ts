/** A dynamic task: one child run for every combination of values, and what their outputs become. */
import type { DynamicItem } from '../machine/rows.ts';
import { findPlaceholders, literalLookup, resolveText } from '../params/placeholder.ts';
import type { TimeContext } from '../params/time-expression.ts';
import type { DynamicConfig } from './configs.ts';

export type Items = { readonly items: readonly Readonly<Record<string, string>>[] } | { readonly problem: string };

/**
 * The start parameters of each child run, in order: the last list changes fastest. `values` are the parameters of the
 * task, worked out; `time` is for time expressions in the lists, which without it are a problem. What the placeholders
 * stand for is data and not looked into again, so the lists must come as they were written. Empty pieces between
 * separators are no values, and an empty list makes no items.
 */
export function expandItems(
  config: DynamicConfig,
  values: Readonly<Record<string, string>>,
  time?: TimeContext,
): Items {
  const excluded = new Set(config.exclude);
  const lists: List[] = [];
  for (const { name, values: template, separator } of config.lists) {
    const read = readList(template, separator, (text) => resolveWith(text, values, time));
    if ('problem' in read) return { problem: `The values of the list "${name}" are not known. ${read.problem}` };
    lists.push({ name, values: read.values.filter((value) => !excluded.has(value)) });
  }
  const count = lists.reduce((product, list) => product * list.values.length, lists.length === 0 ? 0 : 1);
  if (count > config.maxItems) {
    const sizes = lists.map((list) => `${list.name}: ${list.values.length}`).join(', ');
    const message = `The lists make ${count} items (${sizes}), and the task allows ${config.maxItems}.`;
    return { problem: `${message} Shorten a list, exclude values, or raise maxItems.` };
  }
  return { items: count === 0 ? [] : combine(lists) };
}

interface List {
  readonly name: string;
  readonly values: readonly string[];
}

type Texts = { readonly values: readonly string[] } | { readonly problem: string };
type Resolve = (text: string) => { readonly text: string; readonly problem: string | undefined };

/** A list that is JSON as written keeps its entries, whatever the values in them hold. */
function readList(template: string, separator: string, resolve: Resolve): Texts {
  const written = jsonList(template);
  const resolved = (written ?? [template]).map(resolve);
  const problem = resolved.find((one) => one.problem !== undefined)?.problem;
  if (problem !== undefined) return { problem };
  const texts = resolved.map(({ text }) => text);
  return { values: written === undefined ? splitValues(texts[0]!, separator) : texts };
}

function resolveWith(
  template: string,
  values: Readonly<Record<string, string>>,
  time: TimeContext | undefined,
): ReturnType<Resolve> {
  const needsTime = findPlaceholders(template).some(({ kind }) => kind === 'time');
  if (needsTime && time === undefined)
    return { text: template, problem: 'Give a parameter the time expression as its value, and name that here.' };
  const { text, warnings } = resolveText(template, literalLookup(values), time ?? { businessTime: 0, timezone: 'UTC' });
  return { text, problem: warnings[0]?.message };
}

function combine(lists: readonly List[]): readonly Readonly<Record<string, string>>[] {
  let rows: readonly (readonly [string, string])[][] = [[]];
  for (const { name, values } of lists)
    rows = rows.flatMap((row) => values.map((value) => [...row, [name, value] as const]));
  return rows.map((row) => Object.fromEntries(row));
}

/** A JSON list, else the trimmed pieces between separators. */
function splitValues(text: string, separator: string): readonly string[] {
  const list = jsonList(text);
  if (list !== undefined) return list;
  const pieces = separator === '' ? [text] : text.split(separator);
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '');
}

/** The entries of a JSON list as texts; undefined when the text is none. */
function jsonList(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    if (!Array.isArray(list)) return undefined;
    return list.map((item: unknown) => (typeof item === 'string' ? item : JSON.stringify(item)));
  } catch {
    return undefined;
  }
}

/**
 * `dynamic.out(<task>)`: a JSON list of every item with its parameters and outputs, in the shape of Apache
 * DolphinScheduler 3.2 (`mappedTimes` counts the items from 1). Besides, each declared output as a JSON list with one
 * entry per item, null where a child run did not put it out.
 */
export function dynamicOutputs(
  taskName: string,
  declared: readonly { readonly name: string }[],
  items: readonly DynamicItem[],
): Readonly<Record<string, string>> {
  const all = items.map(({ params, outputs }, index) => ({
    dynParams: params,
    outputValue: outputs,
    mappedTimes: index + 1,
  }));
  const lists = declared.map(({ name }): [string, string] => [
    name,
    JSON.stringify(items.map(({ outputs }) => (Object.hasOwn(outputs, name) ? outputs[name] : null))),
  ]);
  return { ...Object.fromEntries(lists), [`dynamic.out(${taskName})`]: JSON.stringify(all) };
}
