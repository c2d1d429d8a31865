/** `node tools/check-imports.ts`: holds the import table against every source file of the repository. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkImports } from './imports/check-imports.ts';
import { listFiles, repoRoot, report } from './repo.ts';

const files = listFiles();
const findings = checkImports({ files, read: (path) => readFileSync(resolve(repoRoot, path), 'utf8') });
report(
  'imports',
  findings,
  `${files.filter((path) => /\.(ts|js|svelte)$/.test(path)).length} source files keep the table`,
);
