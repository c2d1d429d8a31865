/** What is bound for the text of a parameter: one value, or in `in (…)` one for each entry of a list. */

/** As SQLite binds it. A number is one only when its text is exactly how the number is written. */
export type SqlValue =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'integer'; readonly value: string }
  | { readonly type: 'real'; readonly value: number };

/** SQLite takes 32,766 values for one statement; what else is bound has room beside a list. */
export const MAX_LIST_VALUES = 30_000;

/** Integers that a number of JavaScript cannot hold, and the literals among which they are looked for. */
const LONG_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Text that is exactly a number is bound as one, so that it compares as one; a text column turns it back. */
export function bindable(text: string): SqlValue {
  if (/^(0|-?[1-9]\d{0,17})$/.test(text)) return { type: 'integer', value: text };
  const number = Number(text);
  if (/^-?\d+\.\d+$/.test(text) && String(number) === text) return { type: 'real', value: number };
  return { type: 'text', value: text };
}

/**
 * One value for each entry of a list in JSON, or undefined for any other text. An entry is bound as a parameter of its
 * text would be; true and false are 1 and 0, as in SQL; null is left out, because it is in no list.
 */
export function bindableEntries(text: string): readonly SqlValue[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  let entries: unknown;
  try {
    entries = JSON.parse(text.replace(LONG_INTEGER, (found) => (found.startsWith('"') ? found : `"${found}"`)));
  } catch {
    return undefined;
  }
  if (!Array.isArray(entries)) return undefined;
  return entries.filter((entry) => entry !== null).map((entry) => bindable(textOf(entry)));
}

function textOf(entry: unknown): string {
  if (typeof entry === 'boolean') return entry ? '1' : '0';
  return typeof entry === 'string' ? entry : JSON.stringify(entry);
}
