/**
 * What is entered into the fields of a form, and the settings it stands for. Pure.
 *
 * A secret that is set is not known here: it is kept by leaving it out, and taken away by null. When a field that says
 * where secrets are sent has changed, every secret that is kept must be said again: the server refuses it otherwise.
 */
import type { SchemaField } from './fields.ts';
import { looseValue } from './loose.ts';

/** One of them counts, by the kind of the field. */
export interface Entry {
  text: string;
  on: boolean;
  pairs: { name: string; value: string }[];
  /** Of a secret that is set. */
  intent: 'keep' | 'replace' | 'remove';
  /** Of a group. */
  group?: Entries;
  /** Of a list of groups. */
  rows?: Entries[];
}

export type Entries = Record<string, Entry>;

export type Wrong =
  | { readonly why: 'needed' | 'number' | 'integer' | 'json' | 'twice' }
  | { readonly why: 'range'; readonly min: number | undefined; readonly max: number | undefined }
  /** `moved`: titles of the fields by which it would be sent elsewhere. */
  | { readonly why: 'again'; readonly moved: readonly string[] };

/** `settings`: as they are shown; undefined for new ones, which begin with their defaults. */
export function entriesOf(
  fields: readonly SchemaField[],
  settings: Readonly<Record<string, unknown>> | undefined,
  hasSecret: readonly string[] = [],
): Entries {
  return Object.fromEntries(
    fields.map((field) => {
      const isKept = field.secret && hasSecret.includes(field.key);
      const value = field.secret ? undefined : settings === undefined ? field.fallback : settings[field.key];
      return [field.key, entryOf(field, value, isKept)];
    }),
  );
}

function entryOf(field: SchemaField, value: unknown, isKept: boolean): Entry {
  const { kind } = field;
  const entry: Entry = { text: '', on: value === true, pairs: [], intent: isKept ? 'keep' : 'replace' };
  if (kind === 'group') entry.group = entriesOf(field.fields, isMap(value) ? value : {});
  if (kind === 'rows')
    entry.rows = (Array.isArray(value) ? value : []).map((row) => entriesOf(field.fields, isMap(row) ? row : {}));
  if (kind === 'group' || kind === 'rows') return entry;
  if (value === undefined || value === null || kind === 'switch') return entry;
  if (kind === 'map') {
    entry.pairs = Object.entries(isMap(value) ? value : {}).map(([name, text]) => ({ name, value: lineOf(text) }));
  } else if (kind === 'list') entry.text = (Array.isArray(value) ? value : [value]).map(lineOf).join('\n');
  else if (kind === 'json') entry.text = JSON.stringify(value, null, 2);
  else entry.text = typeof value === 'string' ? value : JSON.stringify(value);
  return entry;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const lineOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export interface Read {
  readonly settings: Readonly<Record<string, unknown>>;
  /** By the key of the field; empty: it can be sent. */
  readonly wrong: Readonly<Record<string, Wrong>>;
}

/** `before`: what stood there when the form was opened. */
export function readEntries(fields: readonly SchemaField[], entries: Entries, before: Entries): Read {
  const settings: Record<string, unknown> = {};
  const wrong: Record<string, Wrong> = {};
  const moved = movedFields(fields, entries, before);
  for (const field of fields) {
    const entry = entries[field.key]!;
    const isSet = before[field.key]?.intent === 'keep';
    if (isSet && entry.intent === 'keep') {
      if (moved.length > 0) wrong[field.key] = { why: 'again', moved };
      continue;
    }
    if (isSet && entry.intent === 'remove') {
      settings[field.key] = null;
      continue;
    }
    const read = readEntry(field, entry);
    if ('wrong' in read) wrong[field.key] = read.wrong;
    else if (read.value !== undefined) settings[field.key] = read.value;
    else if (field.required || isSet) wrong[field.key] = { why: 'needed' };
  }
  return { settings, wrong };
}

/** Titles of the fields that say where secrets are sent and are not what they were. */
export function movedFields(fields: readonly SchemaField[], entries: Entries, before: Entries): readonly string[] {
  return fields
    .filter(({ key, destination }) => {
      if (!destination) return false;
      const entry = entries[key]!;
      const old = before[key]!;
      // What a secret was is not known: whoever says it anew is taken to have changed it.
      if (old.intent === 'keep') return entry.intent === 'remove' || (entry.intent === 'replace' && entry.text !== '');
      return JSON.stringify(entry) !== JSON.stringify(old);
    })
    .map(({ title }) => title);
}

function readEntry(field: SchemaField, entry: Entry): { value: unknown } | { wrong: Wrong } {
  const { text, on, pairs } = entry;
  switch (field.kind) {
    case 'switch':
      return { value: on };
    case 'number':
      return readNumber(field, text.trim());
    case 'choice':
      return { value: field.choices.find((choice) => choice.text === text)?.value };
    case 'list': {
      const lines = text.split('\n').flatMap((line) => line.trim() || []);
      return { value: lines.length === 0 && !field.emptyCounts ? undefined : lines };
    }
    case 'map':
      return readPairs(pairs);
    case 'json':
      return readJson(text);
    case 'group':
    case 'rows':
      return { value: looseValue(field, entry) };
    default:
      return { value: text === '' && !field.emptyCounts ? undefined : text };
  }
}

function readNumber({ integer, min, max }: SchemaField, text: string): { value: unknown } | { wrong: Wrong } {
  if (text === '') return { value: undefined };
  const value = Number(text);
  if (!Number.isFinite(value)) return { wrong: { why: 'number' } };
  if (integer && !Number.isInteger(value)) return { wrong: { why: 'integer' } };
  if (value < (min ?? value) || value > (max ?? value)) return { wrong: { why: 'range', min, max } };
  return { value };
}

function readPairs(pairs: Entry['pairs']): { value: unknown } | { wrong: Wrong } {
  const said = pairs.filter(({ name, value }) => name.trim() !== '' || value !== '');
  const names = said.map(({ name }) => name.trim());
  if (names.includes('')) return { wrong: { why: 'needed' } };
  if (new Set(names).size < names.length) return { wrong: { why: 'twice' } };
  if (said.length === 0) return { value: undefined };
  return { value: Object.fromEntries(said.map(({ value }, at) => [names[at]!, value])) };
}

function readJson(text: string): { value: unknown } | { wrong: Wrong } {
  if (text.trim() === '') return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { wrong: { why: 'json' } };
  }
}
