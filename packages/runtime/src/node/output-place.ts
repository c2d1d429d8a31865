/**
 * Finds what a task has named as its output file.
 *
 * O1 It lies in the task's own folder, after all links on the way are followed; what leaves it is refused, not copied.
 */
import { lstat, realpath } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { AppError, isFileName } from '@vaquita/core';

export interface OutputPlace {
  /** Without links. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly fileName: string;
}

/** @throws AppError `task_failed` that says what is wrong with the path. */
export async function findOutput(folder: string, given: string): Promise<OutputPlace> {
  const root = await realpath(folder);
  const asked = resolve(folder, given);
  const path = await realpath(asked).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
      throw refused(`there is nothing at ${shown(given)} in the task's folder; write the file before the task ends`);
    }
    if (error.code === 'ELOOP') throw refused(`${shown(given)} is a link that leads to itself`);
    throw error;
  });
  if (path === root) throw refused(`${shown(given)} is the task's whole folder; name a file or a folder in it`);
  if (!isInside(root, path)) {
    throw refused(`${shown(given)} lies outside the task's folder; copy it there and give a path such as report.csv`);
  }
  const fileName = basename(asked);
  if (!isFileName(fileName)) throw refused(`${shown(fileName)} cannot be the name of a file on every system`);
  const found = await lstat(path);
  if (found.isFile()) return { path, kind: 'file', fileName };
  if (found.isDirectory()) return { path, kind: 'folder', fileName };
  throw refused(`${shown(given)} is neither a file nor a folder`);
}

/** Whether a path without links lies below a folder without links. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function shown(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path);
}

export function refused(message: string): AppError {
  return new AppError('task_failed', message);
}
