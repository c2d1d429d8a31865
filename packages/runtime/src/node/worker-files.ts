/** The agent's folder on disk, and who this worker is. */
import { access, constants, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@vaquita/core';
import { makePrivateFolder, writeDurably } from './durable-file.ts';

export interface WorkerFiles {
  /** A small text that is kept for good, such as the worker's id; null when there is none yet. */
  readIdentity(): Promise<string | null>;
  writeIdentity(text: string): Promise<void>;
  /** The path of a file or folder of the agent's own. */
  path(name: string): string;
}

/** Makes the folder if need be. Throws `data_dir_unwritable` with the reason. */
export async function openWorkerFiles(workDir: string): Promise<WorkerFiles> {
  try {
    await makePrivateFolder(workDir);
    await access(workDir, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError(
      'data_dir_unwritable',
      `The work folder ${workDir} cannot be written (${reason}). Give another one with --work-dir.`,
      { cause: error },
    );
  }
  const identityPath = join(workDir, 'worker-id');

  return {
    async readIdentity() {
      try {
        return (await readFile(identityPath, 'utf8')).trim();
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }
    },
    writeIdentity: (text) => writeDurably(identityPath, `${text}\n`),
    path: (name) => join(workDir, name),
  };
}

/** Files of one attempt, as the task types want them. */
export const taskFiles = {
  async write(folder: string, name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  },
  async read(folder: string, name: string): Promise<string | null> {
    return readFile(join(folder, name), 'utf8').catch(() => null);
  },
};

/** bash where it is, since that is what people write; else the shell that POSIX promises. */
export async function findShell(): Promise<string> {
  for (const path of ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash']) {
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  return '/bin/sh';
}
