/**
 * Walks the files that fit a pattern, in the order of their paths, reading no more of the disk than that takes.
 *
 * W1 Files come in the order of the UTF-16 code units of their paths: whoever stops anywhere has all up to there, and can go on
 *    after the last he has seen.
 * W2 One call of the system at a time, in a thread: a disk that hangs holds that thread, and nothing else.
 * W3 No more names are read than allowed; a folder is listed whole or not at all.
 * W4 What vanishes meanwhile is not there. What cannot be read is told, and the rest goes on.
 */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createFolderReader, type EntryType, type FolderEntry, type FolderReader } from './folder-reader.ts';
import { isHidden, type PathPattern, parsePathPattern } from './path-pattern.ts';

export interface FoundFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

export interface FileWalk {
  /** A pattern, as PROTOCOL.md has them. */
  readonly path: string;
  /** Only files after this path. */
  readonly after: string | null;
  /** Most names in folders that are read. */
  readonly maxNames: number;
  /** Longest path that is told. */
  readonly maxPathChars: number;
  readonly signal: AbortSignal;
  /** Something could not be looked at. */
  trouble(code: WalkTrouble, text: string): void;
  /** The walk ends before its end: `maxNames` were read. */
  ranOut(): void;
}

export type WalkTrouble = 'bad_path' | 'not_found' | 'not_allowed' | 'bad_name' | 'failed';

/** Ends early, and quietly, once the signal is aborted. */
export type WalkFiles = (walk: FileWalk) => AsyncIterable<FoundFile>;

/** After so many names others have their turn. */
const NAMES_PER_TURN = 2_000;

/** One walk at a time: they share what reads folders. */
export function createFileWalk(readFolder: FolderReader = createFolderReader()): WalkFiles {
  return async function* (walk) {
    const pattern = parsePathPattern(walk.path, process.platform);
    if ('problem' in pattern) {
      walk.trouble('bad_path', pattern.problem);
      return;
    }
    const first = pattern.parts.findIndex(({ type }) => type !== 'literal');
    const fixed = first < 0 ? pattern.parts.length - 1 : first;
    const names = pattern.parts.slice(0, fixed).map((part) => ('text' in part ? part.text : ''));
    const base = pattern.root + names.map((name) => name + pattern.separator).join('');
    if (await isFolder(base, walk)) yield* createWalker(pattern, { walk, readFolder }).below(base, [fixed]);
  };
}

/** Whether the folder that does not depend on any pattern is there: when it is not, nothing will ever be found. */
async function isFolder(base: string, walk: FileWalk): Promise<boolean> {
  try {
    if ((await stat(base)).isDirectory()) return true;
    walk.trouble('not_found', `${base} is not a folder.`);
  } catch (error) {
    if (hasVanished(error)) walk.trouble('not_found', `There is no folder ${base} on this machine.`);
    else tellOf(error, base, walk);
  }
  return false;
}

/**
 * What may fit in a folder: by name, with the separator after that of a folder (W1), the parts that may be met below it; null
 * for a file.
 */
type Candidates = Map<string, readonly number[] | null>;

interface WalkerPorts {
  readonly walk: FileWalk;
  readonly readFolder: FolderReader;
}

function createWalker({ parts, separator }: PathPattern, { walk, readFolder }: WalkerPorts) {
  const last = parts.length - 1;
  let namesRead = 0;
  let isOut = false;
  const isOver = () => isOut || walk.signal.aborted;

  /** @param at the parts that names in the folder may meet. */
  async function* below(folder: string, at: readonly number[]): AsyncGenerator<FoundFile> {
    const found = await candidatesIn(folder, withFollowing(at));
    for (const name of [...found.keys()].sort()) {
      if (isOver()) return;
      const next = found.get(name) ?? null;
      if (next === null) yield* fileAt(folder + name);
      else yield* below(folder + name, next);
    }
  }

  async function* fileAt(path: string): AsyncGenerator<FoundFile> {
    const stats = await statOf(path);
    if (!stats?.isFile()) return;
    const { size, mtimeMs } = stats;
    yield { path, size, modifiedAt: Math.floor(mtimeMs) };
  }

  /** `**` may stand for no folder at all. */
  function withFollowing(at: readonly number[]): readonly number[] {
    const all = new Set(at);
    for (const index of all) if (parts[index]!.type === 'deep') all.add(index + 1);
    return [...all];
  }

  async function candidatesIn(folder: string, at: readonly number[]): Promise<Candidates> {
    const found: Candidates = new Map();
    const names = namesAt(at);
    if (names !== null) {
      for (const name of names) await consider(folder, { name, type: 'link' }, at, found);
      return found;
    }
    let considered = 0;
    for (const entry of await entriesIn(folder)) {
      considered += 1;
      if (considered % NAMES_PER_TURN === 0) await nextTurn();
      if (walk.signal.aborted) return new Map();
      const looking = consider(folder, entry, at, found);
      if (looking !== undefined) await looking;
    }
    return found;
  }

  async function entriesIn(folder: string): Promise<Iterable<FolderEntry>> {
    try {
      const { entries, count, isWhole, unknown } = await readFolder(folder, walk.maxNames - namesRead);
      namesRead += count + unknown.length;
      for (const path of unknown) noteBadName(path);
      if (isWhole) return entries;
      // W3
      isOut = true;
      walk.ranOut();
    } catch (error) {
      if (hasVanished(error)) noteBadName(folder);
      else tellOf(error, folder, walk);
    }
    return [];
  }

  /** Where only certain names can be met, the folder need not be read. */
  function namesAt(at: readonly number[]): ReadonlySet<string> | null {
    const names = new Set<string>();
    for (const index of at) {
      const part = parts[index]!;
      if (part.type !== 'literal') return null;
      names.add(part.text);
    }
    return names;
  }

  /** A link is what it leads to, which has to be waited for; `**` does not follow it. */
  function consider(
    folder: string,
    { name, type }: FolderEntry,
    at: readonly number[],
    found: Candidates,
  ): Promise<void> | undefined {
    if (type === 'other') return undefined;
    const path = folder + name;
    if (path.length > walk.maxPathChars) {
      walk.trouble(
        'bad_name',
        `A path in ${folder} is longer than ${walk.maxPathChars} characters: it is passed over.`,
      );
      return undefined;
    }
    const met = at.filter((index) => meets(index, name));
    const stays = type === 'folder' && !isHidden(name) ? at.filter((index) => parts[index]!.type === 'deep') : [];
    const next = [...new Set([...stays, ...met.filter((index) => index !== last).map((index) => index + 1)])];
    const isFile = type !== 'folder' && met.includes(last) && !isBefore(path);
    const isFolder = type !== 'file' && next.length > 0 && !isBehind(path + separator);
    const add = (real: EntryType) => {
      if (isFile && real === 'file') found.set(name, null);
      if (isFolder && real === 'folder') found.set(name + separator, next);
    };
    if (!(isFile || isFolder)) return undefined;
    if (type === 'link') return typeAt(path).then(add);
    add(type);
    return undefined;
  }

  function meets(index: number, name: string): boolean {
    const part = parts[index]!;
    if (part.type === 'deep') return false;
    return part.type === 'literal' ? part.text === name : part.fits(name);
  }

  function isBefore(path: string): boolean {
    return walk.after !== null && path <= walk.after;
  }

  /** Everything in the folder comes before what is wanted. */
  function isBehind(folder: string): boolean {
    return walk.after !== null && folder < walk.after && !walk.after.startsWith(folder);
  }

  async function typeAt(path: string): Promise<EntryType> {
    const stats = await statOf(path);
    if (stats?.isDirectory()) return 'folder';
    return stats?.isFile() ? 'file' : 'other';
  }

  /** Null when it is not there (any more). */
  async function statOf(path: string): Promise<Stats | null> {
    try {
      return await stat(path);
    } catch (error) {
      if (hasVanished(error)) noteBadName(path);
      else tellOf(error, path, walk);
      return null;
    }
  }

  /** A name that is not UTF-8 is read with marks in it, and then nothing of that name is there. */
  function noteBadName(path: string): void {
    if (!path.includes('\uFFFD')) return;
    walk.trouble('bad_name', `The name of ${path} is not UTF-8: it is passed over. Rename it.`);
  }

  return { below };
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Not there, not a folder (any more), or a link that leads nowhere or to itself (W4). */
function hasVanished(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error));
}

function tellOf(error: unknown, path: string, walk: FileWalk): void {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') {
    walk.trouble('not_allowed', `The worker may not look at ${path}: the account it runs under has no permission.`);
  } else if (code === 'ENAMETOOLONG') walk.trouble('bad_name', `The path ${path} is too long: it is passed over.`);
  else walk.trouble('failed', `${path} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
}
