/**
 * Writes migrations/*.sql as a module, so that a server needs no disk to migrate (a Worker at the edge has none).
 * Run it after each change in migrations/: `node tools/embed-migrations.ts`.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(import.meta.dirname, '..');
export const MIGRATIONS_DIR = resolve(root, 'migrations');
export const EMBEDDED_MODULE = resolve(root, 'packages/store/src/migrations/generated.ts');

const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/;
const BREAKPOINT = '--> statement-breakpoint';

/** The text of the module for the migrations in a folder. Throws when a number is missing or given twice. */
export function renderMigrations(dir: string): string {
  const files = readdirSync(dir)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const entries = files.map((file, position) => {
    const match = FILE_NAME.exec(file);
    if (match === null) throw new Error(`migrations/${file}: name it NNNN_name.sql, in lower case with underscores`);
    if (Number(match[1]) !== position) {
      throw new Error(`migrations/${file}: expected number ${String(position).padStart(4, '0')} at this place`);
    }
    const text = readFileSync(resolve(dir, file), 'utf8').replaceAll('\r\n', '\n');
    const statements = text
      .split(BREAKPOINT)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    const checksum = createHash('sha256').update(text).digest('hex');
    const lines = statements.map((statement) => `      ${JSON.stringify(statement)},`);
    return [
      '  {',
      `    number: ${Number(match[1])},`,
      `    name: ${JSON.stringify(match[2])},`,
      `    checksum: ${JSON.stringify(checksum)},`,
      '    statements: [',
      ...lines,
      '    ],',
      '  },',
    ].join('\n');
  });
  return [
    '// biome-ignore-all format: written by tools/embed-migrations.ts',
    '/** The migrations as a module. Generated from migrations/*.sql by tools/embed-migrations.ts: edit those. */',
    "import type { Migration } from './migrate.ts';",
    '',
    'export const MIGRATIONS: readonly Migration[] = [',
    ...entries,
    '];',
    '',
  ].join('\n');
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === resolve(process.argv[1])) {
  writeFileSync(EMBEDDED_MODULE, renderMigrations(MIGRATIONS_DIR));
}
