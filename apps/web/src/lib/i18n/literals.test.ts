/** No word stands in the markup of a component: what people read comes from the texts of their language. */
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'svelte/compiler';
import { expect, it } from 'vitest';

const SOURCES = resolve(import.meta.dirname, '../..');
/** Attributes and properties that are read out or shown. */
const SHOWN = new Set([
  'title',
  'aria-label',
  'aria-description',
  'placeholder',
  'alt',
  'label',
  'text',
  'hint',
  'verb',
]);
/** The same in every language: names, keys, units, and parts of a notation. */
const SAME_EVERYWHERE = new Set(['Vaquita', '· Vaquita', 'GitHub', 'B', 'Ctrl K', '$.order.id']);
/** Names of formats and the like, such as CSV and ID. */
const ABBREVIATION = /^[A-Z]{2,6}$/;

interface Node {
  readonly type?: string;
  readonly name?: string;
  readonly data?: string;
  readonly value?: unknown;
  readonly [part: string]: unknown;
}

/** Texts of the markup with letters in them; what stands in braces is code. */
function literalsOf(source: string): readonly string[] {
  const found: string[] = [];
  const take = (text: string | undefined) => {
    const shown = text?.trim() ?? '';
    if (/\p{L}/u.test(shown) && !SAME_EVERYWHERE.has(shown) && !ABBREVIATION.test(shown)) found.push(shown);
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, name, data, value, ...parts } = node as Node;
    if (type === 'Text') take(data);
    else if (type === 'Attribute') {
      if (SHOWN.has(String(name)) && Array.isArray(value)) walk(value.filter((part: Node) => part.type === 'Text'));
    } else if (type !== 'StyleSheet') for (const part of Object.values(parts)) walk(part);
  };
  walk(parse(source, { modern: true }).fragment);
  return found;
}

it('finds words in markup and in what is shown of attributes, and none in code', () => {
  const literal = '<p class="wide">{m.title} hello</p><input placeholder="Type here" name="query">';
  expect(literalsOf(literal)).toEqual(['hello', 'Type here']);
  const nested = '{#if open}{#each items as item (item.id)}<b>{item}</b>{:else}none{/each}{:else}<i>closed</i>{/if}';
  expect(literalsOf(nested)).toEqual(['none', 'closed']);
  expect(literalsOf('{#snippet row()}<td title={m.why}>{"word"} 12 % · Vaquita</td>{/snippet}')).toEqual([
    '12 % · Vaquita',
  ]);
  expect(literalsOf('<h1>{m.name} · Vaquita</h1><style>p { color: red }</style>')).toEqual([]);
});

it('has no words in the markup of any component; they belong into lib/i18n, or into the list above', () => {
  const found = globSync('**/*.svelte', { cwd: SOURCES }).flatMap((file) =>
    literalsOf(readFileSync(resolve(SOURCES, file), 'utf8')).map((text) => `${file}: ${text}`),
  );
  expect(found).toEqual([]);
});
