/**
 * Finds what must not stand in a tracked file: a package registry's address, a path of somebody's machine; and names
 * that say nothing of what is inside. Reads only what it is given; `node tools/check-tree.ts` gives it the repository.
 */
import { posix } from 'node:path';
import type { Finding } from '../repo.ts';

export interface Tree {
  readonly files: readonly string[];
  /** Undefined for a file that is not text. */
  read(path: string): string | undefined;
}

const VAGUE_FOLDERS = new Set(['utils', 'util', 'helpers', 'common', 'misc', 'types', 'shared', 'lib']);
/** SvelteKit fixes this name. */
const FIXED_FOLDERS = new Set(['apps/web/src/lib']);
const CHECKED_SOURCE = /\.(ts|js|mjs|css|svelte)$/;
const KEBAB_CASE = /^\+?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;

const LANGUAGE_TEXTS = /\/i18n\/[a-z]{2}(-[A-Z]{2})?\.ts$/;

const REGISTRY_HOST =
  /\b(?:registry|npm|packages?)\.[\w-]+(?:\.[\w-]+)+\/|\/\/(?:registry|npm|packages?)\.[\w-]+(?:\.[\w-]+)+|\/\/[\w.-]+\/(?:artifactory|nexus|repository\/npm)/g;
const MACHINE_PATH = /(?<![\w.$@}<)*-])(?:\/(?:home|Users)\/[A-Za-z][\w.-]*|\/root\/|[A-Z]:\\Users\\)/g;
const LOCKED_ADDRESS = /"resolved": "(?:https?|git|ssh)[^"]*"/g;

/** `forbidden`: texts that name this machine, such as the folder of this clone; found at run time, never written down. */
export function checkTree(tree: Tree, forbidden: readonly string[]): Finding[] {
  return tree.files.flatMap((path) => [...checkName(path), ...checkText(path, tree.read(path), forbidden)]);
}

function checkName(path: string): Finding[] {
  const findings: Finding[] = [];
  const folders = posix.dirname(path).split('/');
  folders.forEach((folder, i) => {
    if (!VAGUE_FOLDERS.has(folder) || FIXED_FOLDERS.has(folders.slice(0, i + 1).join('/'))) return;
    findings.push({ place: path, message: `the folder name "${folder}" says nothing: name it after what it is about` });
  });
  const name = posix.basename(path);
  if (CHECKED_SOURCE.test(name) && !isNamedByOthers(path) && !KEBAB_CASE.test(name)) {
    findings.push({ place: path, message: 'file names are kebab-case, after the main export' });
  }
  return findings;
}

/** Named by others: Svelte components like the element they make, the routes of Kit in its way, texts by language tag. */
function isNamedByOthers(path: string): boolean {
  return path.endsWith('.svelte') || path.startsWith('apps/web/src/routes/') || LANGUAGE_TEXTS.test(path);
}

function checkText(path: string, text: string | undefined, forbidden: readonly string[]): Finding[] {
  if (text === undefined) return [];
  const findings: Finding[] = [];
  const find = (index: number, message: string) =>
    findings.push({ place: `${path}:${text.slice(0, index).split('\n').length}`, message });
  for (const match of text.matchAll(REGISTRY_HOST)) find(match.index, `names a package registry: ${match[0]}`);
  for (const match of text.matchAll(MACHINE_PATH)) find(match.index, `names a path of one machine: ${match[0]}`);
  for (const words of forbidden) {
    const index = text.indexOf(words);
    if (index >= 0) find(index, `names a path of this machine: ${words}`);
  }
  if (posix.basename(path) === 'package-lock.json') {
    for (const match of text.matchAll(LOCKED_ADDRESS)) {
      find(
        match.index,
        'the lockfile names an address: .npmrc leaves it out, so install again with that .npmrc in place',
      );
    }
  }
  return findings;
}
