import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLOSE_CODES, PROTOCOL_CONSTANTS } from './constants.ts';
import { masterSchemas, workerSchemas } from './schemas.ts';

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

const plain = (cell: string) => cell.replaceAll('`', '');

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

test.each([
  ['Messages from the worker', workerSchemas],
  ['Messages from the master', masterSchemas],
])('%s: every message is listed with exactly its fields', (heading, schemas) => {
  const listed = Object.fromEntries(tableUnder(heading).map(([type, fields]) => [plain(type!), fieldNames(fields!)]));
  const expected = Object.fromEntries(
    Object.entries(schemas).map(([type, schema]) => [
      type,
      Object.keys(schema.def.shape).filter((field) => field !== 'type'),
    ]),
  );
  expect(listed).toEqual(expected);
});

/** Names in back-ticks outside of brackets; inside brackets stand their values. */
function fieldNames(cell: string): string[] {
  return [...cell.replaceAll(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map((match) => match[1]!);
}
