/**
 * A file that a task has put out, as a value: `vaquita-file:<task instance>/<output>/<file name>`, with a `/` at the end
 * for a folder. It says where the file is found and holds no secret; who may fetch it is asked when it is fetched.
 */
import type { TaskInstanceId } from '../identity/ids.ts';

export interface FileReference {
  /** The task instance that made it. */
  readonly taskInstanceId: TaskInstanceId;
  /** The name of the output it is. */
  readonly output: string;
  readonly fileName: string;
  /** True: a folder, kept as an archive. */
  readonly folder: boolean;
}

const SCHEME = 'vaquita-file:';
const REFERENCE = /^vaquita-file:([A-Za-z0-9][A-Za-z0-9_-]{0,63})\/([A-Za-z0-9_.-]{1,200})\/([^/]{1,1000})(\/?)$/;
const MAX_FILE_NAME_BYTES = 255;

export function formatFileReference({ taskInstanceId, output, fileName, folder }: FileReference): string {
  return `${SCHEME}${taskInstanceId}/${output}/${encodeURIComponent(fileName)}${folder ? '/' : ''}`;
}

/** Undefined for every text that is not a reference, also for one that names what cannot be the name of a file. */
export function parseFileReference(text: string): FileReference | undefined {
  const match = REFERENCE.exec(text);
  if (match === null) return undefined;
  const [, taskInstanceId, output, encoded, slash] = match;
  const fileName = decode(encoded!);
  if (fileName === undefined || !isFileName(fileName)) return undefined;
  return { taskInstanceId: taskInstanceId as TaskInstanceId, output: output!, fileName, folder: slash === '/' };
}

/** Whether the text names one entry of a folder, on every system: no path, no way out, nothing that is not printed. */
export function isFileName(text: string): boolean {
  if (text === '' || text === '.' || text === '..') return false;
  if (/[/\\\p{Cc}\p{Cs}]/u.test(text)) return false;
  return new TextEncoder().encode(text).length <= MAX_FILE_NAME_BYTES;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
