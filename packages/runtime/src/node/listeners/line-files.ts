/**
 * Files of lines in one folder, written by whoever listens.
 *
 * F1 Nothing outside the folder is opened: names are plain, and a link is not followed.
 * F2 `append` resolves when the line is as safe as was asked for; when it rejects, the line is not in the file.
 * F3 A line that a crash has cut off is taken away at the next opening: its event comes again.
 * F4 A file that somebody else has moved away is not written any more; a new one is begun.
 */

import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LineFile, LineFileOrder, LineFiles } from '@vaquita/plugins';
import { makePrivateFolder, syncFolder } from '../durable-file.ts';

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;
const FOR_OWNER = 0o600;
const NEWLINE = 10;
const CHUNK_BYTES = 65_536;

/** `folder` is made when it is not there. */
export function createLineFiles(folder: string): LineFiles {
  return {
    async open(order) {
      if (!NAME.test(order.name)) throw new Error(`"${order.name}" is no plain name of a file`);
      await inWords(order.name, () => makePrivateFolder(folder));
      const path = join(folder, order.name);
      const current = await inWords(order.name, () => openToAppend(path, folder));
      return serial(order.name, createLineFile({ ...order, path, folder }, current));
    },
  };
}

interface Place extends LineFileOrder {
  readonly path: string;
  readonly folder: string;
}

function createLineFile(place: Place, first: FileHandle): LineFile {
  let file: FileHandle | null = first;

  async function append(line: string): Promise<void> {
    const bytes = Buffer.from(`${line}\n`);
    let target = await current();
    const { size } = await target.stat();
    if (size > 0 && size + bytes.length > place.maxBytes) {
      await close();
      await rotate(place);
      target = await current();
    }
    await write(target, bytes);
  }

  /** F4. */
  async function current(): Promise<FileHandle> {
    if (file !== null && !(await isStillAt(file, place.path))) await close();
    file ??= await openToAppend(place.path, place.folder);
    return file;
  }

  async function write(target: FileHandle, bytes: Buffer): Promise<void> {
    const { size } = await target.stat();
    try {
      await target.appendFile(bytes);
      if (place.flush === 'disk') await target.datasync();
    } catch (error) {
      // F2: a full disk takes half a line. What cannot be taken back now is found at the next opening.
      await target.truncate(size).catch(() => undefined);
      await close();
      throw error;
    }
  }

  async function close(): Promise<void> {
    const left = file;
    file = null;
    await left?.close().catch(() => undefined);
  }

  return { append, close };
}

async function isStillAt(file: FileHandle, path: string): Promise<boolean> {
  const [ours, there] = await Promise.all([file.stat(), stat(path).catch(() => null)]);
  return there !== null && there.ino === ours.ino && there.dev === ours.dev;
}

async function openToAppend(path: string, folder: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_APPEND, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  // Without O_NONBLOCK a pipe of that name would hold the opening up for ever.
  const file = await open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, FOR_OWNER);
  try {
    const { size, isFile } = await file.stat().then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!isFile) throw Object.assign(new Error('not a file'), { code: 'EISDIR' });
    if (size === 0) await syncFolder(folder);
    else await cutTornLine(file, size);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** F3: back to the end of the last whole line. */
async function cutTornLine(file: FileHandle, size: number): Promise<void> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let end = size;
  while (end > 0) {
    const from = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, end - from, from);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    end = at === -1 ? from : from + at + 1;
    if (at !== -1) break;
  }
  if (end < size) await file.truncate(end);
}

/** From the oldest on: a crash in between leaves a gap in the numbers, and no line is lost. */
async function rotate({ path, folder, maxFiles }: Place): Promise<void> {
  const numbered = (index: number) => (index === 0 ? path : `${path}.${index}`);
  await rm(numbered(maxFiles - 1), { force: true });
  for (let index = maxFiles - 2; index >= 0; index -= 1) await renameIfThere(numbered(index), numbered(index + 1));
  await syncFolder(folder);
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** One call after the other: a line that was given up may still be on its way when the file is closed. */
function serial(name: string, file: LineFile): LineFile {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    const next = last.then(() => inWords(name, work));
    last = next.catch(() => undefined);
    return next;
  };
  return { append: (line) => inTurn(() => file.append(line)), close: () => inTurn(() => file.close()) };
}

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Make room, or allow fewer or smaller files',
  EDQUOT: 'the quota of the disk is used up. Make room, or allow fewer or smaller files',
  EACCES: 'the server may not write there. Give its user the folder',
  EPERM: 'the server may not write there. Give its user the folder',
  EROFS: 'the disk can only be read',
  ELOOP: 'it is a link, and links are not followed. Remove it or choose another name',
  EISDIR: 'it is no ordinary file. Remove it or choose another name',
  ENXIO: 'it is no ordinary file. Remove it or choose another name',
  EMFILE: 'the server has too many files open',
};

async function inWords<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = typeof code === 'string' ? (WORDS[code] ?? code) : String(error);
    throw new Error(`The file ${name} cannot be written: ${why}`, { cause: error });
  }
}
