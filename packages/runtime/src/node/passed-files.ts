/**
 * What a worker's disk does for files between tasks: makes an output ready to be sent, and lays down what was fetched.
 *
 * D1 What is sent has a size and a sum that were taken from what will be read; a folder is an archive file by then.
 * D2 What was fetched gets its name when it is whole and its sum is right.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packFolder, unpackFolder } from './folder-archive.ts';
import { findOutput, type OutputPlace, refused } from './output-place.ts';
import { readChunks } from './read-chunks.ts';

export interface ReadyOutput {
  readonly fileName: string;
  readonly kind: 'file' | 'folder';
  readonly size: number;
  readonly sha256: string;
  /** The content from its beginning, as often as it is asked for. */
  open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** Removes what was made for the sending. */
  close(): Promise<void>;
}

export interface ArrivingFile {
  readonly fileName: string;
  readonly kind: 'file' | 'folder';
  readonly size: number;
  readonly sha256: string;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface PassedFiles {
  /** @throws AppError `task_failed` that says what is wrong with the path, or that it is too large. */
  ready(folder: string, given: string, maxBytes: number): Promise<ReadyOutput>;
  /** Resolves with the full path of the file or folder, in `inputs/<param>/` of the task's folder. */
  arrive(folder: string, param: string, file: ArrivingFile): Promise<string>;
}

const ARCHIVE = '.vaquita-archive';
const PART = '.vaquita-part';

export const passedFiles: PassedFiles = {
  async ready(folder, given, maxBytes) {
    const place = await findOutput(folder, given);
    if (place.kind === 'file') {
      const openFile = () => open(place.path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
      const handle = await openFile();
      const { size } = await handle.stat();
      if (size > maxBytes) {
        await handle.close();
        throw tooLarge(place, maxBytes);
      }
      const sum = await measure(readChunks(handle), place, maxBytes);
      return { ...place, ...sum, open: async () => readChunks(await openFile()), close: async () => {} };
    }
    const archive = join(folder, ARCHIVE);
    try {
      const target = await open(archive, 'w', 0o600);
      try {
        const pieces = packFolder(place.path, await realpath(folder));
        const sum = await measure(pieces, place, maxBytes, (piece) => target.writeFile(piece));
        const close = () => rm(archive, { force: true });
        return { ...place, ...sum, open: async () => readChunks(await open(archive, 'r')), close };
      } finally {
        await target.close();
      }
    } catch (error) {
      await rm(archive, { force: true });
      throw error;
    }
  },

  async arrive(folder, param, file) {
    const at = join(folder, 'inputs', param.replace(/^\./, '%2E'));
    const part = join(folder, PART);
    await mkdir(at, { recursive: true, mode: 0o700 });
    try {
      await write(part, file);
      const path = join(at, file.fileName);
      if (file.kind === 'file') {
        await rename(part, path);
        return path;
      }
      // What a try before this one has left of it.
      await rm(path, { recursive: true, force: true });
      await mkdir(path, { mode: 0o700 });
      await unpackFolder(readChunks(await open(part, 'r')), path);
      return path;
    } finally {
      await rm(part, { force: true });
    }
  },
};

/** D1 */
async function measure(
  content: AsyncIterable<Uint8Array>,
  place: OutputPlace,
  maxBytes: number,
  each: (piece: Uint8Array) => Promise<void> = async () => {},
): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of content) {
    size += piece.length;
    if (size > maxBytes) throw tooLarge(place, maxBytes);
    hash.update(piece);
    await each(piece);
  }
  return { size, sha256: hash.digest('hex') };
}

/** D2 */
async function write(path: string, file: ArrivingFile): Promise<void> {
  const target = await open(path, 'w', 0o600);
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const piece of file.content) {
      size += piece.length;
      if (size > file.size) break;
      hash.update(piece);
      await target.writeFile(piece);
    }
  } finally {
    await target.close();
  }
  if (size !== file.size || hash.digest('hex') !== file.sha256) {
    throw refused(`${file.fileName} did not come as the server keeps it: its size or its SHA-256 sum is another`);
  }
}

function tooLarge({ kind, fileName }: OutputPlace, maxBytes: number) {
  const advice = 'make it smaller, or have the operator of the server raise VAQUITA_MAX_FILE_MIB';
  return refused(`the ${kind} ${JSON.stringify(fileName)} is larger than the ${maxBytes} bytes allowed; ${advice}`);
}
