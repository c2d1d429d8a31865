/**
 * What the two sides of a database thread say to each other. Messages travel in batches, one post per turn of the
 * loop, and an SQL text travels once: crossing costs by the message and by the byte, and the texts are few and long.
 * A batch crosses as one JSON text, which takes half the time of a structured clone, unless it holds bytes.
 */
import { AppError, type ErrorCode } from '@vaquita/core';
import type { SqlRow, SqlStatement, SqlValue, WriteResult } from '../ports/driver.ts';
import type { EmbeddedDriverOptions } from './embedded.ts';

/** The number of an SQL text, its arguments, and `expectChanges`. */
export type PackedStatement = readonly [text: number, args: readonly SqlValue[], expectChanges?: number];

export type Request =
  /** Gives an SQL text its number; comes before the first statement that uses it. */
  | { readonly kind: 'text'; readonly number: number; readonly sql: string }
  | { readonly kind: 'query'; readonly id: number; readonly statement: PackedStatement }
  | { readonly kind: 'write'; readonly id: number; readonly unit: readonly PackedStatement[] }
  | { readonly kind: 'close'; readonly id: number };

export type Reply =
  | { readonly id: number; readonly rows: readonly SqlRow[] }
  /** Of a write none of whose statements gave rows: how many rows each changed. */
  | { readonly id: number; readonly changes: readonly number[] }
  | { readonly id: number; readonly results: readonly WriteResult[] }
  | { readonly id: number; readonly error: PackedError };

export interface PackedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly stack: string;
}

/** What the thread is started with. */
export type ThreadOptions = Omit<EmbeddedDriverOptions, 'clock'>;

/** The id of the reply that says whether the database could be opened. */
export const OPENED = 0;

/** A batch on its way: JSON where it can be. */
export type Parcel<T> = string | readonly T[];

export function wrap(batch: readonly (Request | Reply)[]): Parcel<Request | Reply> {
  return batch.some(holdsBytes) ? batch : JSON.stringify(batch);
}

export function unwrap<T extends Request | Reply>(parcel: Parcel<T>): readonly T[] {
  return typeof parcel === 'string' ? (JSON.parse(parcel) as readonly T[]) : parcel;
}

function holdsBytes(message: Request | Reply): boolean {
  if ('rows' in message) return message.rows.some(rowHoldsBytes);
  if ('results' in message) return message.results.some(({ rows }) => rows.some(rowHoldsBytes));
  if (!('kind' in message)) return false;
  if (message.kind === 'query') return message.statement[1].some(isBytes);
  return message.kind === 'write' && message.unit.some(([, args]) => args.some(isBytes));
}

function rowHoldsBytes(row: SqlRow): boolean {
  for (const column in row) if (isBytes(row[column])) return true;
  return false;
}

function isBytes(value: SqlValue | undefined): boolean {
  return value instanceof Uint8Array;
}

export function packResults(id: number, results: readonly WriteResult[]): Reply {
  if (results.some(({ rows }) => rows.length > 0)) return { id, results };
  return { id, changes: results.map(({ changes }) => changes) };
}

const NO_ROWS: readonly SqlRow[] = [];

export function unpackResults(reply: Reply): readonly WriteResult[] {
  if ('changes' in reply) return reply.changes.map((changes) => ({ changes, rows: NO_ROWS }));
  return 'results' in reply ? reply.results : [];
}

export function packError(error: AppError): PackedError {
  return { code: error.code, message: error.message, stack: error.stack ?? '' };
}

export function unpackError({ code, message, stack }: PackedError): AppError {
  return new AppError(code, message, { cause: new Error(`In the database thread: ${stack}`) });
}

/** Numbers SQL texts as they are first used. */
export function createPacker(announce: (request: Request) => void) {
  const numbers = new Map<string, number>();
  return function pack({ sql, args, expectChanges }: SqlStatement): PackedStatement {
    let number = numbers.get(sql);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(sql, number);
      announce({ kind: 'text', number, sql });
    }
    return expectChanges === undefined ? [number, args] : [number, args, expectChanges];
  };
}

export function createUnpacker() {
  const texts: string[] = [];
  return {
    learn(number: number, sql: string): void {
      texts[number] = sql;
    },
    unpack([text, args, expectChanges]: PackedStatement): SqlStatement {
      const sql = texts[text]!;
      return expectChanges === undefined ? { sql, args } : { sql, args, expectChanges };
    },
  };
}

/** Collects what is said within one turn of the loop and posts it at once. */
export function createBatcher<T>(post: (batch: readonly T[]) => void): (item: T) => void {
  let batch: T[] = [];
  return (item) => {
    if (batch.length === 0) {
      setImmediate(() => {
        const ready = batch;
        batch = [];
        post(ready);
      });
    }
    batch.push(item);
  };
}
