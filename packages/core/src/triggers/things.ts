/** What triggers of the kind `file` find: files and objects, each known by what it is as it is. */

import { folderOfPath, isObjectAddress, nameOfPath } from './file-path.ts';
import { type MappedParams, mappedParams } from './mapped-params.ts';

/** A file as a worker has found it, or an object as its server tells of it. */
export interface FoundThing {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds, by the clock of whoever keeps it; null: it is not told. */
  readonly modifiedAt: number | null;
  /** Of an object. */
  readonly etag: string | null;
}

/** The same for the same thing, and another one once it has been replaced. */
export function thingKey({ path, size, modifiedAt, etag }: FoundThing): string {
  return etag === null ? `${modifiedAt ?? ''}.${size}.${path}` : `etag.${etag}.${path}`;
}

/** What of a thing a parameter can be given. */
export const FILE_FIELDS = ['path', 'name', 'folder', 'size', 'modified', 'etag', 'worker'] as const;
export type FileField = (typeof FILE_FIELDS)[number];

/** @param mapping parameter → one of the fields @param worker the name of who has found it */
export function fileParams(mapping: Readonly<Record<string, string>>, thing: FoundThing, worker: string): MappedParams {
  return mappedParams(mapping, (field) => {
    const value = isFileField(field) ? fieldOf(field, thing, worker) : null;
    if (value !== null) return { value };
    const what = isObjectAddress(thing.path) ? 'object' : 'file';
    return { problem: `The ${what} has no “${field}”.` };
  });
}

export function isFileField(text: string): text is FileField {
  return (FILE_FIELDS as readonly string[]).includes(text);
}

function fieldOf(field: FileField, thing: FoundThing, worker: string): string | null {
  switch (field) {
    case 'path':
      return thing.path;
    case 'name':
      return nameOfPath(thing.path);
    case 'folder':
      return folderOfPath(thing.path);
    case 'size':
      return String(thing.size);
    case 'modified':
      return thing.modifiedAt === null ? null : isoTime(thing.modifiedAt);
    case 'etag':
      return thing.etag;
    case 'worker':
      return worker;
  }
}

/** What a firing tells of it. */
export function aboutThing(thing: FoundThing, worker: string): Readonly<Record<string, string>> {
  const { path, size, modifiedAt, etag } = thing;
  return {
    ...{ worker, path, size: String(size) },
    ...(modifiedAt === null ? {} : { modified: isoTime(modifiedAt) }),
    ...(etag === null ? {} : { etag }),
  };
}

/** A clock may say anything, also what no date can. */
const MAX_TIME = 8_640_000_000_000_000;
const isoTime = (at: number) => new Date(Math.max(-MAX_TIME, Math.min(Math.trunc(at), MAX_TIME))).toISOString();
