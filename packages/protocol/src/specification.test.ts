import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CLOSE_CODES, PROTOCOL_CONSTANTS } from './constants.ts';
import { masterSchemas, workerSchemas } from './schemas.ts';
import { masterSchemas10, workerSchemas10 } from './testing/version-1-0/schemas.ts';

const page = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');

/** The body rows of the first table under a heading, cell by cell. */
function tableUnder(heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`PROTOCOL.md has no section "${heading}"`);
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

/** Marks what came after version 1.0. */
const NEWER = '⁺';
const plain = (cell: string) => cell.replaceAll('`', '').replaceAll(NEWER, '');

test('the table of constants says what the code says', () => {
  const expected = Object.entries(PROTOCOL_CONSTANTS).map(([name, { value, owner, meaning }]) => [
    name,
    String(value),
    owner,
    plain(meaning),
  ]);
  expect(tableUnder('Constants').map((row) => row.map(plain))).toEqual(expected);
});

test('the table of close codes says what the code says', () => {
  const expected = Object.entries(CLOSE_CODES).map(([reason, code]) => [reason, String(code)]);
  expect(tableUnder('Close codes').map((row) => row.map(plain))).toEqual(expected);
});

describe.each([
  ['Messages from the worker', workerSchemas, workerSchemas10],
  ['Messages from the master', masterSchemas, masterSchemas10],
])('%s', (heading, schemas, old) => {
  test('every message is listed with exactly its fields', () => {
    const listed = tableUnder(heading).map(([type, fields]) => [plain(type!), fieldNames(fields!)]);
    expect(Object.fromEntries(listed)).toEqual(fieldsOf(schemas));
  });

  test('what is marked as newer is what version 1.0 does not have', () => {
    const listed = tableUnder(heading)
      .filter(([type]) => !type!.endsWith(NEWER))
      .map(([type, fields]) => [plain(type!), fieldNames(fields!, '')]);
    expect(Object.fromEntries(listed)).toEqual(fieldsOf(old));
  });
});

function fieldsOf(schemas: Readonly<Record<string, { readonly def: { readonly shape: object } }>>) {
  const fields = (shape: object) => Object.keys(shape).filter((field) => field !== 'type');
  return Object.fromEntries(Object.entries(schemas).map(([type, { def }]) => [type, fields(def.shape)]));
}

/** Names in back-ticks outside of brackets; inside brackets stand their values. */
function fieldNames(cell: string, newer = `${NEWER}?`): string[] {
  const names = cell.replaceAll(/\([^)]*\)/g, '').matchAll(new RegExp(`\`(\\w+)\`${newer}(?!${NEWER})`, 'g'));
  return [...names].map((match) => match[1]!);
}
