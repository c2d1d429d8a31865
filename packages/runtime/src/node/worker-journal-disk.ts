/** A journal in a file. */
import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '@vaquita/core';
import { syncFolder, writeDurably } from './durable-file.ts';
import { type Journal, type JournalDisk, type JournalLog, openJournal } from './worker-journal.ts';

/** Makes the file if need be. Throws `data_dir_unwritable` with the reason. */
export async function openJournalFile(path: string, log: JournalLog): Promise<Journal> {
  try {
    return await openJournal(openJournalDisk(path), { log });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      'data_dir_unwritable',
      `The results of tasks cannot be kept in ${path} (${reason}). Free some space and see that the file can be read and written.`,
      { cause: error },
    );
  }
}

function openJournalDisk(path: string): JournalDisk {
  let file: number | null = null;
  let syncing: Promise<void> = Promise.resolve();

  /** A descriptor that is being synced is closed after that: its number may be another file's by then. */
  async function close(): Promise<void> {
    await syncing;
    const open = file;
    file = null;
    if (open !== null) closeSync(open);
  }

  return {
    async read() {
      try {
        return await readFile(path);
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }
    },
    append(text) {
      file ??= openSync(path, 'a', 0o600);
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    },
    async sync() {
      const open = file;
      if (open === null) return;
      const done = new Promise<void>((resolve, reject) => {
        fdatasync(open, (error) => (error ? reject(error) : resolve()));
      });
      syncing = done.catch(() => undefined);
      await done;
    },
    async replace(text) {
      // A handle kept over the rename would write to the file that is gone.
      await close();
      await writeDurably(path, text);
    },
    async setAside(bytes) {
      const aside = await open(`${path}.damaged`, 'a', 0o600);
      try {
        await aside.appendFile(bytes);
        await aside.sync();
      } finally {
        await aside.close();
      }
      await syncFolder(dirname(path));
    },
    close,
  };
}
