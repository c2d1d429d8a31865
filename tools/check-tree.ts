/** `node tools/check-tree.ts`: finds what belongs to one machine, and names that say nothing, in the tracked files. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Finding, listFiles, repoRoot, report } from './repo.ts';
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

/** Sources that a pattern of .gitignore hides: they work here and are missing in every clone. */
function hiddenSources(): Finding[] {
  const places = ['apps/*/src', 'packages/*/src', 'tools', 'e2e', 'bench', 'docs', 'examples', 'migrations'];
  const args = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z', '--', ...places];
  const hidden = execFileSync('git', args, { cwd: repoRoot, encoding: 'utf8' }).split('\0').filter(Boolean);
  return hidden.map((path) => ({ place: path, message: 'is hidden by .gitignore: a clone would not have it' }));
}

const files = listFiles();
report(
  'tree',
  [...checkTree({ files, read: readText }, namesOfThisMachine()), ...hiddenSources()],
  `${files.length} files belong to no machine`,
);
