/**
 * What the two sides of a database thread say to each other. Messages travel in batches, one post per turn of the
 * loop, and an SQL text travels once: crossing costs by the message and by the byte, and the texts are few and long.
 * A batch crosses as one JSON text, which takes half the time of a structured clone, with its long texts beside it, so
 * that what is JSON already is not written down twice. A batch that holds bytes is cloned.
 */
import { AppError, type ErrorCode } from '@vaquita/core';
import type { SqlRow, SqlStatement, SqlValue, WriteResult } from '../ports/driver.ts';
import type { EmbeddedDriverOptions } from './embedded.ts';

/** A long text that travels beside the JSON: its number there. */
export type TextBeside = readonly [number];
/** The number of an SQL text, its arguments, and `expectChanges`. */
export type PackedStatement = readonly [text: number, args: readonly (SqlValue | TextBeside)[], expectChanges?: number];

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

/** A batch on its way: JSON and the texts beside it, or the messages themselves. */
export type Parcel<T> = { readonly json: string; readonly texts: readonly string[] } | readonly T[];

export function wrapReplies(batch: readonly Reply[]): Parcel<Reply> {
  return batch.some(holdsBytes) ? batch : { json: JSON.stringify(batch), texts: [] };
}

export function wrapRequests(batch: readonly Request[]): Parcel<Request> {
  if (batch.some(holdsBytes)) return batch;
  const texts: string[] = [];
  return { json: JSON.stringify(batch.map((request) => putBeside(request, texts))), texts };
}

export function unwrap<T extends Request | Reply>(parcel: Parcel<T>): readonly T[] {
  if (!('json' in parcel)) return parcel;
  const batch = JSON.parse(parcel.json) as readonly T[];
  return parcel.texts.length === 0 ? batch : batch.map((message) => takeBack(message, parcel.texts));
}

const LONG_TEXT = 300;

function putBeside(request: Request, texts: string[]): Request {
  if (request.kind !== 'write' || !request.unit.some(holdsLong)) return request;
  const beside = (arg: SqlValue | TextBeside) => (isLong(arg) ? ([texts.push(arg as string) - 1] as const) : arg);
  return { ...request, unit: request.unit.map((packed) => (holdsLong(packed) ? withArgs(packed, beside) : packed)) };
}

function takeBack<T extends Request | Reply>(message: T, texts: readonly string[]): T {
  if (!('kind' in message) || message.kind !== 'write') return message;
  const back = (arg: SqlValue | TextBeside) => (Array.isArray(arg) ? texts[arg[0] as number]! : arg);
  const unit = message.unit.map((packed) => (packed[1].some(Array.isArray) ? withArgs(packed, back) : packed));
  return { ...message, unit };
}

function isLong(arg: SqlValue | TextBeside): boolean {
  return typeof arg === 'string' && arg.length > LONG_TEXT;
}

function holdsLong([, args]: PackedStatement): boolean {
  return args.some(isLong);
}

function withArgs(
  [text, args, expectChanges]: PackedStatement,
  change: (arg: SqlValue | TextBeside) => SqlValue | TextBeside,
): PackedStatement {
  const changed = args.map(change);
  return expectChanges === undefined ? [text, changed] : [text, changed, expectChanges];
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

function isBytes(value: SqlValue | TextBeside | undefined): boolean {
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
      const values = args as readonly SqlValue[];
      return expectChanges === undefined ? { sql, args: values } : { sql, args: values, expectChanges };
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
