/**
 * Values of fields whose form writes all that is entered, right or wrong: whoever reads them says what is wrong with them.
 * Nothing that is entered is lost. Pure.
 */
import type { Entry } from './entries.ts';
import type { SchemaField } from './fields.ts';

/** Undefined: nothing is entered, or what the key means when it is left out. */
export function looseValue(field: SchemaField, entry: Entry): unknown {
  const { text } = entry;
  switch (field.kind) {
    case 'switch':
      return entry.on === (field.fallback === true) ? undefined : entry.on;
    case 'number':
      return text.trim() === '' ? undefined : numberOr(text);
    case 'choice':
      return field.choices.find((choice) => choice.text === text)?.value ?? (text || undefined);
    case 'list': {
      const lines = text.split('\n').flatMap((line) => line.trim() || []);
      if (lines.length === 0) return undefined;
      return field.orText && lines.length === 1 ? lines[0] : lines.map((line) => itemOf(field, line));
    }
    case 'map': {
      const said = entry.pairs.filter(({ name }) => name.trim() !== '');
      return said.length === 0 ? undefined : Object.fromEntries(said.map(({ name, value }) => [name.trim(), value]));
    }
    case 'group': {
      const group = looseGroup(field, entry.group ?? {});
      return Object.keys(group).length === 0 ? undefined : group;
    }
    case 'rows': {
      const rows = (entry.rows ?? []).map((row) => looseGroup(field, row));
      return rows.length === 0 ? undefined : rows;
    }
    case 'json':
      return text.trim() === '' ? undefined : jsonOr(text);
    default:
      return text === '' ? undefined : text;
  }
}

function looseGroup(field: SchemaField, entries: Readonly<Record<string, Entry>>): Record<string, unknown> {
  const values = field.fields.map((one) => [one.key, looseValue(one, entries[one.key]!)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function numberOr(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A line that reads as a number or a truth value is one where the list may hold them. */
function itemOf({ items }: SchemaField, line: string): unknown {
  if ((line === 'true' || line === 'false') && items.includes('boolean')) return line === 'true';
  const isNumber = items.includes('number') || (items.includes('integer') && /^-?\d+$/.test(line));
  const value = Number(line);
  return isNumber && String(value) === line ? value : line;
}

/** How a value that is shown as JSON stands in its box: text that would not be taken for anything else as it is. */
export function looseText(value: unknown): string {
  if (typeof value === 'string' && jsonOr(value) === value) return value;
  return JSON.stringify(value, null, 2);
}
