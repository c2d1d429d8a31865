/** Values as YAML in the style of the guide: short lists and maps on one line, texts of several lines as blocks. Pure. */
import { Document, stringify } from 'yaml';
import { isLoose } from './change.ts';

/** A list or a map that would be longer stands on lines of its own. */
const MOST_ON_A_LINE = 100;

/** On one line, whatever it is: inside brackets, or after a key. */
export function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (isLoose(value)) {
    const pairs = Object.entries(value).map(([key, one]) => `${inline(key)}: ${inline(one)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  // In brackets, so that the text is quoted where brackets ask for it.
  const document = new Document([value]);
  (document.contents as { flow?: boolean }).flow = true;
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd();
  return text.slice(1, -1);
}

/** The lines of a key with its value, without indentation and without the last line break. */
export function pairText(key: string, value: unknown): string {
  if (standsOnOneLine(value) && (key !== 'tasks' || !hasItems(value))) return `${inline(key)}: ${inline(value)}`;
  if (typeof value === 'string') return block({ [key]: value });
  if (Array.isArray(value)) {
    const items = value.map((one) => itemText(one, key === 'tasks')).join('\n');
    return `${inline(key)}:\n${indented(items, '  ')}`;
  }
  return `${inline(key)}:\n${indented(pairsText(value as object), '  ')}`;
}

const hasItems = (value: unknown) => Array.isArray(value) && value.length > 0;

/** The lines of an item of a list, its dash included. `open`: a map is on lines of its own even when it is short. */
export function itemText(value: unknown, open = false): string {
  if (standsOnOneLine(value) && !(open && isLoose(value) && Object.keys(value).length > 0)) return `- ${inline(value)}`;
  if (typeof value === 'string') return block([value]);
  if (Array.isArray(value)) return `- ${shifted(value.map((one) => itemText(one)).join('\n'), '  ')}`;
  return `- ${shifted(pairsText(value as object), '  ')}`;
}

function pairsText(value: object): string {
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .map(([key, one]) => pairText(key, one))
    .join('\n');
}

/** A text of several lines under a key or a dash. */
function block(value: object): string {
  return stringify(value, { lineWidth: 0, blockQuote: 'literal' }).replace(/\n$/, '');
}

function standsOnOneLine(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\n');
  if (typeof value !== 'object' || value === null) return true;
  const parts = Object.values(value);
  if (parts.length === 0) return true;
  return parts.every(isShort) && inline(value).length <= MOST_ON_A_LINE;
}

const isShort = (part: unknown) =>
  (typeof part !== 'object' ||
    part === null ||
    (Array.isArray(part) && part.every((one) => typeof one !== 'object'))) &&
  !(typeof part === 'string' && part.includes('\n'));

/** Every line but empty ones. */
export const indented = (text: string, by: string): string => text.replace(/^(?=[^\n])/gm, by);

/** Every line but the first and empty ones. */
export const shifted = (text: string, by: string): string => text.replace(/\n(?=[^\n])/g, `\n${by}`);
