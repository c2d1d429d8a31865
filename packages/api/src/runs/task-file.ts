/** A file that a task has put out, as an answer; and why it is not there, when it is not. */
import { AppError, PARAM_NAME, parseFileReference, type TaskInstanceRow } from '@vaquita/core';
import type { FileFacts } from '@vaquita/store';

/** What browsers may show as it is. Nothing that can hold a script is among them. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  log: 'text/plain; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  json: 'application/json',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gz: 'application/gzip',
  zip: 'application/zip',
  tar: 'application/x-tar',
};

export function fileResponse(file: {
  readonly facts: FileFacts;
  readonly content: ReadableStream<Uint8Array>;
}): Response {
  const { fileName, folder, size, sha256 } = file.facts;
  const name = folder ? `${fileName}.tar` : fileName;
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return new Response(file.content as ReadableStream<Uint8Array<ArrayBuffer>>, {
    headers: {
      'content-type': CONTENT_TYPES[extension] ?? 'application/octet-stream',
      'content-length': String(size),
      'content-disposition': `attachment; filename="${plainName(name)}"; filename*=UTF-8''${encodeName(name)}`,
      'x-vaquita-sha256': sha256,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

/** @throws AppError `not_found` */
export function requireOutputName(output: string): string {
  if (PARAM_NAME.test(output) && output.length <= 200) return output;
  throw new AppError('not_found', `There is no output “${output}”.`);
}

export function whyMissing(task: TaskInstanceRow, output: string): AppError {
  const reference = parseFileReference(task.outputs[output] ?? '');
  const where = `the task “${task.name}” (attempt ${task.attempt}, ${task.id})`;
  if (reference?.taskInstanceId === task.id) {
    const what = `the file “${reference.fileName}” as its output “${output}”`;
    return new AppError('gone', `${capital(where)} made ${what}, but its files were removed. Run it again.`);
  }
  return new AppError('not_found', `${capital(where)} has no file as its output “${output}”.`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** For programs that do not read the encoded name, such as `curl -OJ`. */
function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9._ +@=-]/g, '_');
}

/** The few characters that encodeURIComponent leaves and the header's grammar does not take. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
