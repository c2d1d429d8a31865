/**
 * Files of tasks on disk: `<run>/<task instance>/<output>/`, in which `about.json` says which of the contents beside it
 * is the one, by its sum.
 *
 * K1 A content has its name only when it is whole, checked and synced; `about.json` is written after it.
 * K2 What `about.json` does not name is left over, and goes with the next put that ends well.
 * K3 Puts of one output end one after the other.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, createOneAtATime, type WorkflowInstanceId } from '@vaquita/core';
import type { FileFacts, FileKey, FileStore } from '@vaquita/store';
import { writeDurably } from './durable-file.ts';
import { readChunks } from './read-chunks.ts';

const ABOUT = 'about.json';
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const OUTPUT = /^[A-Za-z0-9_.-]{1,200}$/;
/** A content that is replaced between the look at `about.json` and its opening is looked for again. */
const READ_TRIES = 3;

export function openFileStore(folder: string): FileStore {
  /** K3 */
  const oneOutput = createOneAtATime<string>();
  const incoming = new Set<string>();
  let counter = 0;

  function runFolder(id: string): string {
    if (!ID.test(id)) throw new AppError('bad_request', 'This is not the id of a run.');
    return join(folder, id);
  }

  function folderOf({ workflowInstanceId, taskInstanceId, output }: FileKey): string {
    if (!ID.test(taskInstanceId) || !OUTPUT.test(output)) {
      throw new AppError('bad_request', 'This is not the name of an output of a task instance.');
    }
    return join(runFolder(workflowInstanceId), taskInstanceId, folderName(output));
  }

  async function readAbout(at: string, key: FileKey): Promise<FileFacts | undefined> {
    const text = await readFile(join(at, ABOUT), 'utf8').catch(ignoreMissing);
    if (text === undefined) return undefined;
    const { output, ...facts } = JSON.parse(text) as FileFacts & { readonly output: string };
    // Where the file system takes "Report" for "report".
    return output === key.output ? facts : undefined;
  }

  /** K1, K2 */
  async function publish(at: string, temporary: string, key: FileKey, facts: FileFacts): Promise<void> {
    await rename(join(at, temporary), join(at, facts.sha256));
    await writeDurably(join(at, ABOUT), JSON.stringify({ output: key.output, ...facts }));
    for (const name of await readdir(at)) {
      if (name === ABOUT || name === facts.sha256 || incoming.has(join(at, name))) continue;
      await rm(join(at, name), { force: true });
    }
  }

  return {
    async put(key, facts, content) {
      const at = folderOf(key);
      counter += 1;
      const temporary = `incoming-${process.pid}-${counter}`;
      const path = join(at, temporary);
      incoming.add(path);
      try {
        await mkdir(at, { recursive: true, mode: 0o700 });
        await receive(path, facts, content);
        await oneOutput.about(at, () => publish(at, temporary, key, facts));
      } catch (error) {
        await content.cancel().catch(() => undefined);
        // What has no room must not keep any.
        await rm(path, { force: true }).catch(() => undefined);
        throw explain(error);
      } finally {
        incoming.delete(path);
      }
    },

    find: async (key) => readAbout(folderOf(key), key),

    async read(key) {
      const at = folderOf(key);
      for (let tries = 1; ; tries++) {
        const facts = await readAbout(at, key);
        if (facts === undefined) return undefined;
        const handle = await open(join(at, facts.sha256), 'r').catch(ignoreMissing);
        if (handle !== undefined) return { facts, content: readChunks(handle) };
        if (tries >= READ_TRIES) return undefined;
      }
    },

    async removeRuns(ids) {
      for (const id of ids) await rm(runFolder(id), { recursive: true, force: true, maxRetries: 3 });
    },

    async *owners() {
      const names = (await readdir(folder).catch(ignoreMissing)) ?? [];
      yield names.filter((name) => ID.test(name)) as WorkflowInstanceId[];
    },
  };
}

async function receive(path: string, facts: FileFacts, content: ReadableStream<Uint8Array>): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  const handle: FileHandle = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) {
      size += chunk.length;
      if (size > facts.size) throw unlikeAnnounced(`more than the ${facts.size} bytes that were announced`);
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    if (size < facts.size) throw unlikeAnnounced(`${size} bytes instead of the ${facts.size} that were announced`);
    if (hash.digest('hex') !== facts.sha256) throw unlikeAnnounced('another SHA-256 sum than was announced');
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name that begins with a dot could mean another folder, or be hidden. */
function folderName(output: string): string {
  return output.replace(/^\./, '%2E');
}

function unlikeAnnounced(what: string): AppError {
  return new AppError('bad_request', `The content has ${what}. It was changed or damaged on its way; send it again.`);
}

function explain(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new AppError(
    'storage_full',
    'The disk of the server has no room for the file. Free some in its data folder, then run the task again.',
    { cause: error },
  );
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
