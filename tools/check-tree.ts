/** `node tools/check-tree.ts`: finds what belongs to one machine, and names that say nothing, in the tracked files. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { listFiles, repoRoot, report } from './repo.ts';
import { checkTree } from './tree/check-tree.ts';

/** The text of a file, or undefined when it holds a zero byte, as pictures and archives do. */
function readText(path: string): string | undefined {
  const bytes = readFileSync(resolve(repoRoot, path));
  return bytes.includes(0) ? undefined : bytes.toString('utf8');
}

/** This clone's folder and the registry in use, as far as they are telling: a clone in `/app` says nothing. */
function namesOfThisMachine(): string[] {
  const names = repoRoot.split(/[\\/]/).length > 2 ? [repoRoot] : [];
  const registry = process.env.npm_config_registry;
  if (registry) names.push(new URL(registry).host);
  return names;
}

const files = listFiles();
report(
  'tree',
  checkTree({ files, read: readText }, namesOfThisMachine()),
  `${files.length} files belong to no machine`,
);
