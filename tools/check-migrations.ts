/**
 * Shows that schema, SQL and embedded module agree: drizzle-kit, asked for the next migration, must have none to write,
 * and embedding migrations/ again must give the module that is committed. Changes nothing in the tree.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { EMBEDDED_MODULE, MIGRATIONS_DIR, renderMigrations } from './embed-migrations.ts';

const root = resolve(import.meta.dirname, '..');
const problems = [...schemaProblems(), ...moduleProblems()];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log('Schema, migrations and embedded module agree.');

function schemaProblems(): readonly string[] {
  const scratch = mkdtempSync(join(tmpdir(), 'vaquita-migrations-'));
  try {
    cpSync(MIGRATIONS_DIR, scratch, { recursive: true });
    const before = readdirSync(scratch).filter((name) => name.endsWith('.sql'));
    const drizzleKit = join(dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs');
    const schema = 'packages/store/src/schema/index.ts';
    // drizzle-kit takes its output folder as relative to where it runs.
    const args = [
      'generate',
      '--dialect',
      'sqlite',
      '--schema',
      schema,
      '--out',
      relative(root, scratch),
      '--name',
      'missing',
    ];
    const run = spawnSync(process.execPath, [drizzleKit, ...args], { cwd: root, encoding: 'utf8', timeout: 60_000 });
    if (run.status !== 0) return [`drizzle-kit could not read the schema:\n${run.stdout}${run.stderr}`];
    const added = readdirSync(scratch).filter((name) => name.endsWith('.sql') && !before.includes(name));
    return added.map(
      (name) =>
        'The schema has changed and no migration says so. Run `npx drizzle-kit generate --name what_changed`, then ' +
        `\`node tools/embed-migrations.ts\`. It would hold:\n${readFileSync(join(scratch, name), 'utf8')}`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function moduleProblems(): readonly string[] {
  if (readFileSync(EMBEDDED_MODULE, 'utf8') === renderMigrations(MIGRATIONS_DIR)) return [];
  return [`${relative(root, EMBEDDED_MODULE)} is not what migrations/ say. Run \`node tools/embed-migrations.ts\`.`];
}
