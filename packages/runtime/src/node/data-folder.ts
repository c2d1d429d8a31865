/** The server's data folder, and small files in it that only their owner may read. */
import { constants } from 'node:fs';
import { access, chmod, link, open, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@vaquita/core';
import { makeFolders } from './make-folders.ts';

/**
 * Makes the folder when it is missing.
 * @throws AppError `data_dir_unwritable` with what to do.
 */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AppError(
      'data_dir_unwritable',
      `The data folder ${folder} cannot be written (${code}). Give this user the right to it, or choose another with VAQUITA_DATA_DIR.`,
      { cause },
    );
  }
}

/** Makes the file when it is missing, and it is its owner's alone. What a database writes beside it gets the same mode. */
export async function preparePrivateFile(path: string): Promise<void> {
  const handle = await open(path, 'a', 0o600);
  await handle.close();
  await chmod(path, 0o600);
}

export interface PrivateFiles {
  read(name: string): Promise<string | undefined>;
  /** Mode 0600; whole or not at all. */
  write(name: string, text: string): Promise<void>;
  /** The same, unless there is one. @returns whether there was none; of several at once one is told so. */
  create(name: string, text: string): Promise<boolean>;
}

export function openPrivateFiles(folder: string): PrivateFiles {
  return {
    async read(name) {
      try {
        return await readFile(join(folder, name), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name, text) {
      const path = join(folder, name);
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      await rename(`${path}.new`, path);
    },
    async create(name, text) {
      const path = join(folder, name);
      const own = `${path}.${crypto.randomUUID()}.new`;
      await writeFile(own, text, { mode: 0o600 });
      try {
        await link(own, path);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      } finally {
        await unlink(own);
      }
    },
  };
}
