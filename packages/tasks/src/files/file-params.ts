/**
 * Files among the parameters and the outputs of an attempt.
 *
 * F1 A file is fetched only when the task declares the parameter as a file or its settings name it: others cost nothing.
 * F2 One file is fetched once; parameters that mean the same one get the same path.
 * F3 An output of type file is a path until it is sent, and a reference from then on.
 */
import { envName, type FileReference, formatFileReference, parseFileReference } from '@vaquita/core';
import type { OutputStream } from '../task-type.ts';
import type { FileTransfer } from './file-transfer.ts';

export interface FileParamsOrder {
  readonly params: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, unknown>>;
  /** Parameters that the task declares as files. */
  readonly files?: readonly string[] | undefined;
}

export interface TransferContext {
  readonly transfer: FileTransfer;
  readonly signal: AbortSignal;
  write(stream: OutputStream, text: string): void;
}

interface WantedFile {
  readonly param: string;
  readonly reference: FileReference;
}

/** Declared ones first, so that a file lies under the name that the task itself has given it. */
export function wantedFiles({ params, config, files = [] }: FileParamsOrder): readonly WantedFile[] {
  const texts = textsIn(config);
  const wanted: WantedFile[] = [];
  for (const [param, value] of Object.entries(params)) {
    const reference = parseFileReference(value);
    if (reference === undefined) continue;
    if (files.includes(param)) wanted.unshift({ param, reference });
    else if (texts.some((text) => names(text, param))) wanted.push({ param, reference });
  }
  return wanted;
}

/** The paths of the files that were fetched, by parameter. */
export async function receiveFiles(
  order: FileParamsOrder,
  { transfer, signal, write }: TransferContext,
): Promise<Readonly<Record<string, string>>> {
  const paths: [string, string][] = [];
  const fetched = new Map<string, string>();
  for (const { param, reference } of wantedFiles(order)) {
    const key = formatFileReference(reference);
    let path = fetched.get(key);
    if (path === undefined) {
      path = await explained(`The file for the parameter "${param}"`, () => transfer.receive(param, reference, signal));
      fetched.set(key, path);
      write('system', `fetched ${reference.folder ? 'the folder' : 'the file'} ${reference.fileName} for ${param}\n`);
    }
    paths.push([param, path]);
  }
  return Object.fromEntries(paths);
}

/** The values with a reference in the place of each path. */
export async function sendFiles(
  values: Readonly<Record<string, string>>,
  outputs: readonly { readonly name: string; readonly type: string }[],
  { transfer, signal, write }: TransferContext,
): Promise<Readonly<Record<string, string>>> {
  const sent: [string, string][] = [];
  for (const { name, type } of outputs) {
    const path = values[name];
    if (type !== 'file' || path === undefined) continue;
    const reference = await explained(`The output "${name}"`, () => transfer.send(name, path, signal));
    sent.push([name, reference]);
    write('system', `kept ${path} as the output ${name}\n`);
  }
  return { ...values, ...Object.fromEntries(sent) };
}

async function explained<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Whether the settings of a task name the parameter. */
export function isNamedIn(config: Readonly<Record<string, unknown>>, param: string): boolean {
  return textsIn(config).some((text) => names(text, param));
}

/** Whether the name stands in the text as a word of its own, as it is or as the variable that it is in scripts. */
function names(text: string, param: string): boolean {
  return [param, envName(param)].some((word) => {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (!isWordPart(text[at - 1]) && !isWordPart(text[at + word.length])) return true;
    }
    return false;
  });
}

function isWordPart(char: string | undefined): boolean {
  return char !== undefined && /\w/.test(char);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
