/** A journal in a file. */
import { type FileHandle, open, readFile } from 'node:fs/promises';
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
  let file: FileHandle | null = null;

  async function close(): Promise<void> {
    const open = file;
    file = null;
    await open?.close();
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
    async append(text) {
      file ??= await open(path, 'a', 0o600);
      await file.appendFile(text);
    },
    async sync() {
      await file?.datasync();
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
