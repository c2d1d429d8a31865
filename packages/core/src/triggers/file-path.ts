/**
 * What a trigger of the kind `file` looks at: an absolute path on workers, the parts of which may hold `*` and `?` and be `**`, or the
 * http(s) address of one object. Paths are those of the workers, so both kinds are known here: `/in/*.csv` and `C:\in\*.csv`.
 */

export const MAX_FILE_PATH = 1_000;

const ADDRESS = /^https?:\/\//i;
const DRIVE = /^[A-Za-z]:[\\/]/;
const SHARE = /^\\\\[^\\/]+[\\/][^\\/]+[\\/]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** An object is one for all workers; files are those of each worker. */
export function isObjectAddress(path: string): boolean {
  return ADDRESS.test(path);
}

/** @returns what is wrong with it, in a sentence; undefined: nothing. */
export function whyNoFilePath(path: string): string | undefined {
  if (path.length > MAX_FILE_PATH) return `Give a path of at most ${MAX_FILE_PATH} characters.`;
  if (CONTROL.test(path)) return 'A path holds no line breaks or other control characters.';
  return isObjectAddress(path) ? whyNoAddress(path) : whyNoPattern(path);
}

function whyNoAddress(path: string): string | undefined {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(path)![1]!;
  if (authority.includes('@')) {
    return 'An address holds no user name and no password: everybody who sees the trigger would see them.';
  }
  if (!/^(?:\[[0-9a-f:.]+\]|[^\s[\]:]+)(?::\d{1,5})?$/i.test(authority)) return 'The address names no host.';
  if (/\s/.test(path)) return 'An address holds no spaces; write %20.';
  if (path.includes('#')) return 'An address holds no #: it is the same object with and without what follows.';
  if (path.includes('*')) return 'An address names one object: it holds no *.';
  return undefined;
}

function whyNoPattern(path: string): string | undefined {
  const root = rootOf(path);
  if (root === null) {
    return 'Give an absolute path such as /in/*.csv or C:\\in\\*.csv, or the http(s) address of an object.';
  }
  const parts = path.slice(root.length).split(separators(path));
  if (parts.at(-1) === '') return 'This names a folder. Say which files in it, such as *.csv, or * for all.';
  for (const part of parts) {
    if (part === '') return 'There are two separators in a row.';
    if (part === '.' || part === '..') return `Write the path without “${part}”.`;
    if (part.includes('**') && part !== '**')
      return 'Two stars stand for any folders between, as a part of their own: /in/**/*.csv.';
  }
  if (parts.at(-1) === '**') return 'Two stars stand for folders. Say which files in them, such as /in/**/*.csv.';
  return undefined;
}

/** Of a path or an address as it was found: the last part. */
export function nameOfPath(path: string): string {
  return path.slice(lastBorder(path) + 1);
}

/** All before that, without the separator, unless it is the root itself. */
export function folderOfPath(path: string): string {
  const folder = path.slice(0, lastBorder(path));
  const root = isObjectAddress(path) ? null : rootOf(path);
  return root !== null && folder.length < root.length ? root : folder;
}

function lastBorder(path: string): number {
  if (isObjectAddress(path)) {
    const plain = path.split('?', 1)[0]!;
    return plain.lastIndexOf('/');
  }
  return path.startsWith('/') ? path.lastIndexOf('/') : Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}

/** Null: it is not absolute. */
function rootOf(path: string): string | null {
  if (path.startsWith('/')) return '/';
  return (DRIVE.exec(path) ?? SHARE.exec(path))?.[0] ?? null;
}

/** Where paths begin with a slash, a backslash is a character of a name. */
function separators(path: string): RegExp {
  return path.startsWith('/') ? /\// : /[\\/]/;
}
