/**
 * Task logs as files: one per task instance, in 1,024 folders by the end of its id, outside the database.
 *
 * G1 The position of a byte in the file is its offset in the worker's output, always: repeated chunks are skipped and
 *    lost bytes leave a marker of their own length.
 * G2 Appends to one log happen one after the other.
 * G3 What `append` has returned survives the end of this process (not of the machine: logs are not synced).
 */
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, createOneAtATime, isId, type TaskInstanceId } from '@vaquita/core';
import { createWatchers, type LogStore, lostMarker, wholeCharacters } from '@vaquita/store';

const MAX_OPEN_FILES = 128;
const SHARD_CHARS = 2;
const SUFFIX = '.log';

interface OpenLog {
  readonly handle: FileHandle;
  size: number;
}

export interface FileLogStore extends LogStore {
  /** Ends what is under way and lets go of all files. */
  close(): Promise<void>;
}

export function openFileLogStore(folder: string): FileLogStore {
  const openLogs = new Map<TaskInstanceId, OpenLog>();
  /** G2 */
  const oneLog = createOneAtATime<TaskInstanceId>();
  const watchers = createWatchers();

  function pathOf(id: TaskInstanceId): string {
    if (!isId(id)) throw new AppError('bad_request', 'This is not the id of a task instance.');
    return join(folder, id.slice(-SHARD_CHARS), `${id}${SUFFIX}`);
  }

  async function openLog(id: TaskInstanceId): Promise<OpenLog> {
    const known = openLogs.get(id);
    if (known) {
      openLogs.delete(id);
      openLogs.set(id, known);
      return known;
    }
    const path = pathOf(id);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(path, 'a', 0o600);
    const opened: OpenLog = { handle, size: (await handle.stat()).size };
    openLogs.set(id, opened);
    closeOldest();
    return opened;
  }

  function closeOldest(): void {
    for (const [id, log] of openLogs) {
      if (openLogs.size <= MAX_OPEN_FILES) return;
      if (oneLog.isBusy(id)) continue;
      openLogs.delete(id);
      void log.handle.close().catch(() => {});
    }
  }

  async function append(id: TaskInstanceId, offset: number, chunk: Uint8Array): Promise<number> {
    const log = await openLog(id);
    const parts: Uint8Array[] = [];
    if (offset > log.size) parts.push(lostMarker(offset - log.size));
    const known = Math.max(0, log.size - offset);
    if (known < chunk.length) parts.push(chunk.subarray(known));
    try {
      for (const part of parts) {
        await log.handle.writeFile(part);
        log.size += part.length;
      }
    } catch (error) {
      // Part of it may be in the file: the next append asks the file how much there is.
      openLogs.delete(id);
      await log.handle.close().catch(() => {});
      throw error;
    }
    if (parts.length > 0) watchers.grown(id);
    return log.size;
  }

  return {
    append: (id, offset, chunk) => oneLog.about(id, () => append(id, offset, chunk)),

    async read(id, offset, limit) {
      const handle = await open(pathOf(id), 'r').catch(ignoreMissing);
      if (!handle) return { bytes: new Uint8Array(0), size: 0 };
      try {
        const { size } = await handle.stat();
        const buffer = new Uint8Array(Math.max(0, Math.min(limit, size - offset)));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
        const bytes = buffer.subarray(0, bytesRead);
        return { bytes: offset + bytesRead < size ? wholeCharacters(bytes) : bytes, size };
      } finally {
        await handle.close();
      }
    },

    async size(id) {
      return (await stat(pathOf(id)).catch(ignoreMissing))?.size ?? 0;
    },

    async delete(ids) {
      for (const id of ids) {
        await oneLog.about(id, async () => {
          const log = openLogs.get(id);
          openLogs.delete(id);
          await log?.handle.close();
          await rm(pathOf(id), { force: true });
        });
      }
    },

    async *owners() {
      for (const shard of (await readdir(folder).catch(ignoreMissing)) ?? []) {
        const names = (await readdir(join(folder, shard)).catch(ignoreMissing)) ?? [];
        yield names
          .filter((name) => name.endsWith(SUFFIX))
          .map((name) => name.slice(0, -SUFFIX.length))
          .filter(isId) as TaskInstanceId[];
      }
    },

    async close() {
      await oneLog.idle();
      const open = [...openLogs.values()];
      openLogs.clear();
      await Promise.all(open.map(({ handle }) => handle.close()));
    },

    watch: watchers.watch,
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
