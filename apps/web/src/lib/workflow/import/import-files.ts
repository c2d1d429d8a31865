/**
 * Files with definitions on their way to the server. What is wrong with a file itself is found here; what it says is judged by the
 * server, first in a dry run. Pure but for reading the file.
 */
import type { ApiError, ImportAnswer, ImportItem } from '@vaquita/client';

export const MAX_FILES = 100;
/** As the server takes it. */
export const MAX_BYTES = 8_388_608;

export type Fault = 'empty' | 'large' | 'binary' | 'unreadable';

export type FileState =
  | { readonly kind: 'fault'; readonly why: Fault }
  | { readonly kind: 'looking' }
  | { readonly kind: 'looked'; readonly answer: ImportAnswer }
  | { readonly kind: 'saving'; readonly answer: ImportAnswer }
  | { readonly kind: 'saved'; readonly answer: ImportAnswer }
  /** `saving`: it is not known what of it was saved; asked again under the same key it is saved once. */
  | { readonly kind: 'failed'; readonly error: ApiError; readonly saving: boolean };

export interface ImportFile {
  readonly key: number;
  readonly name: string;
  readonly text: string;
  readonly state: FileState;
}

/** A file is looked at before it is read, so that a huge one harms nothing. */
export async function readDefinitionFile(
  file: Pick<File, 'size' | 'arrayBuffer'>,
): Promise<{ readonly text: string } | { readonly why: Fault }> {
  if (file.size === 0) return { why: 'empty' };
  if (file.size > MAX_BYTES) return { why: 'large' };
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { why: 'unreadable' };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) return { why: 'binary' };
    return text.trim() === '' ? { why: 'empty' } : { text };
  } catch {
    return { why: 'binary' };
  }
}

export function answerOf({ state }: ImportFile): ImportAnswer | undefined {
  return 'answer' in state ? state.answer : undefined;
}

/** There is something in it that an import would save. */
export function isWorth(file: ImportFile): boolean {
  if (file.state.kind === 'failed') return file.state.saving;
  if (file.state.kind !== 'looked') return false;
  const { created, updated } = file.state.answer.counts;
  return created + updated > 0;
}

/** How many workflows an import would save. */
export function savable(files: readonly ImportFile[]): number {
  return files.filter(isWorth).reduce((sum, file) => {
    const { created = 0, updated = 0 } = answerOf(file)?.counts ?? {};
    return sum + created + updated;
  }, 0);
}

/** By name of a workflow, the last file before this one that would save it too. */
export function savedBefore(files: readonly ImportFile[], key: number): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    if (file.key === key) break;
    for (const item of answerOf(file)?.items ?? []) if (saves(item)) found.set(item.name ?? '', file.name);
  }
  return found;
}

function saves({ outcome }: ImportItem): boolean {
  return outcome !== 'refused';
}

export function totals(files: readonly ImportFile[]) {
  const sum = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  for (const { state } of files) {
    if (state.kind !== 'saved') continue;
    for (const outcome of Object.keys(sum) as (keyof typeof sum)[]) sum[outcome] += state.answer.counts[outcome];
  }
  return sum;
}
