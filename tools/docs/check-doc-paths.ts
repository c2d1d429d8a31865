/**
 * Finds what a Markdown file names and the tree does not have: relative links and their headings, paths of the
 * repository in code, npm scripts. Reads only what it is given; `node tools/check-doc-paths.ts` gives it the repository.
 */
import { posix } from 'node:path';
import type { Finding } from '../repo.ts';

export interface Documents {
  readonly files: readonly string[];
  read(path: string): string;
}

/** Top-level folders whose paths are recognised in code, in line or in blocks. */
const FOLDERS = ['.ci', 'apps', 'bench', 'docs', 'e2e', 'examples', 'migrations', 'packages', 'tools'];
const NAMED_PATH = new RegExp(`(?<![\\w./@-])(?:${FOLDERS.join('|').replace('.', '\\.')})/[\\w./*@+<>-]*`, 'g');
const BARE_DOCUMENT = /^[\w.-]+\.md$/;
const LINK = /!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
const CODE_SPAN = /`([^`\n]+)`/g;
const FENCE = /^ {0,3}(```|~~~)[\s\S]*?^ {0,3}\1[^\S\n]*$/gm;
const RUN_SCRIPT = /\bnpm run (?:--silent )?(?:-w (\S+) )?([\w:-]+)|\bnpm (test|start)\b/g;

export function checkDocPaths(documents: Documents): Finding[] {
  const paths = new Set<string>(documents.files);
  for (const file of documents.files) {
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder)) paths.add(folder);
  }
  const scripts = readScripts(documents);
  return documents.files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => checkOne(path, documents, paths, scripts));
}

/** The scripts of each package.json, by package name; those of the root also under ''. */
function readScripts({ files, read }: Documents): Map<string, ReadonlySet<string>> {
  const scripts = new Map<string, ReadonlySet<string>>();
  for (const path of files.filter((file) => posix.basename(file) === 'package.json')) {
    const manifest = JSON.parse(read(path)) as { name?: string; scripts?: Record<string, string> };
    const names = new Set(Object.keys(manifest.scripts ?? {}));
    scripts.set(manifest.name ?? path, names);
    if (path === 'package.json') scripts.set('', names);
  }
  return scripts;
}

function checkOne(
  path: string,
  documents: Documents,
  paths: ReadonlySet<string>,
  scripts: ReadonlyMap<string, ReadonlySet<string>>,
): Finding[] {
  const text = documents.read(path);
  const findings: Finding[] = [];
  const add = (index: number, message: string) =>
    findings.push({ place: `${path}:${text.slice(0, index).split('\n').length}`, message });
  const prose = text.replace(FENCE, (block) => block.replace(/[^\n]/g, ' '));

  for (const match of blankCodeSpans(prose).matchAll(LINK)) {
    const problem = problemOfLink(path, match[1] ?? '', documents, paths);
    if (problem) add(match.index, problem);
  }
  for (const match of text.matchAll(NAMED_PATH)) {
    const named = match[0].replace(/[./:]+$/, '');
    if (!isWorkflowName(named) && !isThere(named, paths)) add(match.index, `names ${named}, which is not in the tree`);
  }
  for (const match of prose.matchAll(CODE_SPAN)) {
    const named = match[1] ?? '';
    if (BARE_DOCUMENT.test(named) && !paths.has(named) && !paths.has(posix.join(posix.dirname(path), named))) {
      add(match.index, `names ${named}, which is neither beside this file nor at the root`);
    }
  }
  for (const match of text.matchAll(RUN_SCRIPT)) {
    const script = match[2] ?? match[3] ?? '';
    if (!scripts.get(match[1] ?? '')?.has(script)) add(match.index, `names "${match[0]}", and there is no such script`);
  }
  return findings;
}

function blankCodeSpans(text: string): string {
  return text.replace(CODE_SPAN, (span) => ' '.repeat(span.length));
}

/** The example workflows are loaded into a project of the same name, so `examples/<workflow>` is how one is run. */
function isWorkflowName(named: string): boolean {
  return named.startsWith('examples/') && !/\.(ya?ml|md|ts|js|json)$/.test(named);
}

/** `*` stands for any text in one path segment, `<name>` likewise: at least one path has to fit. */
function isThere(named: string, paths: ReadonlySet<string>): boolean {
  if (!/[*<]/.test(named)) return paths.has(named);
  const pattern = named
    .split(/\*+|<[^>]*>/)
    .map((part) => part.replace(/[.+]/g, '\\$&'))
    .join('[^/]*');
  const fits = new RegExp(`^${pattern}$`);
  return [...paths].some((path) => fits.test(path));
}

function problemOfLink(
  path: string,
  target: string,
  documents: Documents,
  paths: ReadonlySet<string>,
): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  const [file = '', anchor] = target.split('#');
  const resolved = file === '' ? path : posix.join(posix.dirname(path), decodeURI(file)).replace(/\/$/, '');
  if (!paths.has(resolved)) return `links to ${target}, which is not in the tree`;
  if (anchor === undefined || !resolved.endsWith('.md')) return undefined;
  return headings(documents.read(resolved)).has(anchor)
    ? undefined
    : `links to ${target}, and there is no such heading`;
}

/** The anchors that GitHub gives to headings. */
function headings(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const match of text.replace(FENCE, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = (match[1] ?? '').replace(/[`*_]|\[([^\]]*)\]\([^)]*\)/g, '$1');
    const anchor = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replace(/\s/g, '-');
    let unique = anchor;
    for (let n = 1; anchors.has(unique); n++) unique = `${anchor}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}
