/**
 * Patterns of paths, as PROTOCOL.md has them: `*` and `?` within a part, `**` for folders. Pure: it touches no disk, and
 * reads patterns of either kind of machine.
 */

export interface PathPattern {
  /** What every path that fits begins with, with its separator: `/`, `C:\`, `\\server\share\`. */
  readonly root: string;
  readonly separator: '/' | '\\';
  /** At least one; the last is that of the file and never `deep`. */
  readonly parts: readonly PatternPart[];
}

export type PatternPart =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'wild'; readonly text: string; fits(name: string): boolean }
  /** Any folders, also none. */
  | { readonly type: 'deep' };

export interface BadPattern {
  /** What is wrong with it, as a sentence. */
  readonly problem: string;
}

/** No file system that matters lets a name be longer, nor a path have more parts. */
const MAX_PART_CHARS = 255;
const MAX_PARTS = 64;

export function parsePathPattern(path: string, platform: string): PathPattern | BadPattern {
  const windows = platform === 'win32';
  const separator = windows ? '\\' : '/';
  const text = windows ? path.replaceAll('/', '\\') : path;
  const root = windows ? windowsRoot(text) : posixRoot(text);
  if (root === null) return bad(path, `is not an absolute path on this machine (${platform})`);
  if (text.endsWith(separator)) return bad(path, 'names a folder: say which files, as with * at the end');
  const names = text
    .slice(root.length)
    .split(separator)
    .filter((name) => name !== '');
  if (names.length > MAX_PARTS) return bad(path, `has more than ${MAX_PARTS} parts`);
  const wrong = names.map((name) => wrongWith(name, windows)).find((words) => words !== null);
  if (wrong) return bad(path, wrong);
  const parts: PatternPart[] = [];
  for (const name of names) {
    const part = partOf(name, windows);
    // Two in a row mean the same as one.
    if (part.type !== 'deep' || parts.at(-1)?.type !== 'deep') parts.push(part);
  }
  if (parts.at(-1)?.type === 'deep') parts.push(partOf('*', windows));
  return { root, separator, parts };
}

/** A name that begins with a dot is met only by a part that does. */
export function isHidden(name: string): boolean {
  return name.startsWith('.');
}

const posixRoot = (text: string) => (text.startsWith('/') && text.length > 1 ? '/' : null);

/** A drive or a share. Devices (`\\.\`, `\\?\`) are neither. */
function windowsRoot(text: string): string | null {
  const found = /^(?:[A-Za-z]:\\|\\\\[^\\?*.:][^\\?*:]*\\[^\\?*:]+\\)(?=.)/.exec(text);
  return found === null ? null : found[0];
}

function wrongWith(name: string, windows: boolean): string | null {
  if (name === '.' || name === '..') return `has "${name}" as a part: write the path as it is`;
  if (name.length > MAX_PART_CHARS) return `has a part of more than ${MAX_PART_CHARS} characters`;
  if (name.includes('\0')) return 'has a character that no name can have';
  if (windows && /[<>:"|]/.test(name)) return `has a character in "${name}" that no name can have`;
  return null;
}

function partOf(name: string, ignoresCase: boolean): PatternPart {
  if (name === '**') return { type: 'deep' };
  if (!/[*?]/.test(name)) return { type: 'literal', text: name };
  const fold = (text: string) => [...(ignoresCase ? text.toLowerCase() : text)];
  const pattern = fold(name);
  const meetsHidden = isHidden(name);
  return {
    type: 'wild',
    text: name,
    fits: (candidate) => (meetsHidden || !isHidden(candidate)) && fitsWild(pattern, fold(candidate)),
  };
}

/** Goes back to the last `*` alone, so that no pattern takes more than its length times that of the name. */
function fitsWild(pattern: readonly string[], name: readonly string[]): boolean {
  let at = 0;
  let star = -1;
  let from = 0;
  for (let i = 0; i < name.length; ) {
    if (pattern[at] === '*') {
      star = at;
      from = i;
      at += 1;
    } else if (pattern[at] === '?' || pattern[at] === name[i]) {
      at += 1;
      i += 1;
    } else if (star >= 0) {
      from += 1;
      i = from;
      at = star + 1;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

function bad(path: string, what: string): BadPattern {
  return { problem: `${JSON.stringify(path)} ${what}.` };
}
