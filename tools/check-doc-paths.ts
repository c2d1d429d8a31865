/** `node tools/check-doc-paths.ts`: holds every Markdown file of the repository against the tree. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkDocPaths } from './docs/check-doc-paths.ts';
import { listFiles, repoRoot, report } from './repo.ts';

const files = listFiles();
const findings = checkDocPaths({ files, read: (path) => readFileSync(resolve(repoRoot, path), 'utf8') });
report(
  'doc-paths',
  findings,
  `${files.filter((path) => path.endsWith('.md')).length} documents name only what is there`,
);
