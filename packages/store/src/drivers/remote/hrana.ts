/**
 * Hrana 3 over HTTP in JSON, as a libSQL server speaks it: the few messages the driver needs, and what can become of a
 * request. Boundary: knows no transaction and no retry.
 *
 * Every request is a stream of its own that ends with it: a stream that is left open holds its locks until the server
 * lets it expire.
 */
import type { Clock } from '@vaquita/core';
import type { SqlRow, SqlStatement, SqlValue } from '../../ports/driver.ts';

export type HranaValue =
  | { readonly type: 'null' }
  | { readonly type: 'integer'; readonly value: string }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'blob'; readonly base64: string };

export interface HranaStatement {
  readonly sql: string;
  readonly args: readonly HranaValue[];
  readonly want_rows: boolean;
}

/** Steps are named by their position in the batch. `ok` is false for a step that failed and for one that was skipped. */
export type HranaCondition =
  | { readonly type: 'ok'; readonly step: number }
  | { readonly type: 'not'; readonly cond: HranaCondition }
  | { readonly type: 'and' | 'or'; readonly conds: readonly HranaCondition[] }
  | { readonly type: 'is_autocommit' };

export interface HranaStep {
  readonly stmt: HranaStatement;
  readonly condition?: HranaCondition;
}

export type HranaRequest =
  | { readonly type: 'execute'; readonly stmt: HranaStatement }
  | { readonly type: 'batch'; readonly batch: { readonly steps: readonly HranaStep[] } }
  | { readonly type: 'describe'; readonly sql: string };

export interface HranaError {
  readonly message: string;
  readonly code?: string | null;
}

export interface HranaStatementResult {
  readonly cols: readonly { readonly name: string | null }[];
  readonly rows: readonly (readonly HranaValue[])[];
  readonly affected_row_count: number;
}

export interface HranaBatchResult {
  readonly step_results: readonly (HranaStatementResult | null)[];
  readonly step_errors: readonly (HranaError | null)[];
}

export type HranaResult =
  | { readonly type: 'ok'; readonly response: { readonly result: unknown } }
  | { readonly type: 'error'; readonly error: HranaError };

/** What became of a request. Only `lost` leaves open whether the server has done it. */
export type Reply<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  /** It never reached the server. */
  | { readonly kind: 'unsent'; readonly why: string }
  /** No answer came, or none of the server's: it may have been done, or may yet be. */
  | { readonly kind: 'lost'; readonly why: string }
  /** The server refused it unread. */
  | { readonly kind: 'refused'; readonly status: number; readonly why: string };

export interface HranaOptions {
  /** Such as `https://db.example.org`; see `parseServerAddress`. */
  readonly baseUrl: string;
  /** Asked again after a refusal: a token that has expired may have been replaced. */
  readonly readToken: () => Promise<string | null>;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly fetch: typeof fetch;
  /** How long one request may take. */
  readonly timeoutMs: number;
}

export interface Hrana {
  /** The results in the order of the requests. */
  pipeline(requests: readonly HranaRequest[]): Promise<Reply<readonly HranaResult[]>>;
  /** One statement whose answer may be of any size. */
  cursor(statement: HranaStatement): Promise<Reply<HranaStatementResult | HranaError>>;
}

const UNAUTHORIZED = 401;
const CLOSE = { type: 'close' } as const;

export function createHrana({ baseUrl, readToken, clock, fetch, timeoutMs }: HranaOptions): Hrana {
  let token: string | null | undefined;

  async function post<T>(path: string, body: unknown, read: (text: string) => T): Promise<Reply<T>> {
    const text = JSON.stringify(body);
    const first = await postOnce(path, text, read);
    if (first.kind !== 'refused' || first.status !== UNAUTHORIZED) return first;
    const refused = token;
    token = await readToken().catch(() => refused);
    return token === refused ? first : await postOnce(path, text, read);
  }

  async function postOnce<T>(path: string, body: string, read: (text: string) => T): Promise<Reply<T>> {
    token ??= await readToken();
    const bearer = token;
    const abort = new AbortController();
    const timer = clock.setTimeout(() => abort.abort(), timeoutMs);
    try {
      const answer = await fetch(`${baseUrl}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        },
        body,
        signal: abort.signal,
        // A redirect would carry the token to another place.
        redirect: 'manual',
      });
      const text = await answer.text();
      if (answer.status === 200) return readAnswer(text, read);
      const why = `HTTP status ${answer.status}${shorten(text)}`;
      // From 500 on something between may have given up on a request that the server still works on.
      if (answer.status >= 500 || answer.status === 408) return { kind: 'lost', why };
      return { kind: 'refused', status: answer.status, why };
    } catch (thrown) {
      if (abort.signal.aborted) return { kind: 'lost', why: `no answer within ${timeoutMs} ms` };
      return { kind: neverConnected(thrown) ? 'unsent' : 'lost', why: reasonOf(thrown) };
    } finally {
      clock.clearTimeout(timer);
    }
  }

  return {
    pipeline: (requests) =>
      post('/v3/pipeline', { baton: null, requests: [...requests, CLOSE] }, (text) => {
        const { results } = JSON.parse(text) as { results: readonly HranaResult[] };
        if (results.length !== requests.length + 1) throw new Error('an answer with too few results');
        return results;
      }),
    cursor: (statement) => post('/v3/cursor', { baton: null, batch: { steps: [{ stmt: statement }] } }, readCursor),
  };
}

function readAnswer<T>(text: string, read: (text: string) => T): Reply<T> {
  try {
    return { kind: 'answered', answer: read(text) };
  } catch (thrown) {
    const what = thrown instanceof SyntaxError ? 'it is no JSON' : String(thrown);
    return { kind: 'lost', why: `what came is not the answer of a libSQL server (${what})` };
  }
}

type CursorEntry =
  | { readonly type: 'step_begin'; readonly cols: HranaStatementResult['cols'] }
  | { readonly type: 'row'; readonly row: readonly HranaValue[] }
  | { readonly type: 'step_end'; readonly affected_row_count: number }
  | { readonly type: 'step_error' | 'error'; readonly error: HranaError }
  | { readonly type: 'replication_index' };

/** One JSON text a line: first about the stream, then entry by entry. */
function readCursor(text: string): HranaStatementResult | HranaError {
  let cols: HranaStatementResult['cols'] = [];
  const rows: (readonly HranaValue[])[] = [];
  for (const line of text.split('\n').slice(1)) {
    if (line === '') continue;
    const entry = JSON.parse(line) as CursorEntry;
    switch (entry.type) {
      case 'step_begin':
        cols = entry.cols;
        break;
      case 'row':
        rows.push(entry.row);
        break;
      case 'step_end':
        return { cols, rows, affected_row_count: entry.affected_row_count };
      case 'step_error':
      case 'error':
        return entry.error;
    }
  }
  throw new Error('an answer that breaks off');
}

/** Failures before a connection stood: nothing was sent. */
const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function neverConnected(thrown: unknown): boolean {
  const { code } = causeOf(thrown);
  return (
    code !== undefined && (NO_CONNECTION.has(code) || /^(ERR_TLS|CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)_/.test(code))
  );
}

function reasonOf(thrown: unknown): string {
  const { code, message } = causeOf(thrown);
  return code === undefined ? message : `${code}${message.includes(code) ? '' : `: ${message}`}`;
}

/** `fetch` says only that it failed; why is in the cause. */
function causeOf(thrown: unknown): { readonly code?: string; readonly message: string } {
  const cause = (thrown as { cause?: { code?: string; message?: string } } | null)?.cause;
  if (cause?.code !== undefined) return { code: cause.code, message: cause.message || cause.code };
  return { message: cause?.message ?? (thrown instanceof Error ? thrown.message : String(thrown)) };
}

function shorten(text: string): string {
  const line = text.trim().split('\n', 1)[0]!;
  return line === '' ? '' : `: ${line.slice(0, 200)}`;
}

export function toHrana({ sql, args }: SqlStatement): HranaStatement {
  return { sql, args: args.map(toHranaValue), want_rows: true };
}

function toHranaValue(value: SqlValue): HranaValue {
  if (value === null) return { type: 'null' };
  if (typeof value === 'string') return { type: 'text', value };
  if (value instanceof Uint8Array) return { type: 'blob', base64: toBase64(value) };
  return Number.isSafeInteger(value) && !Object.is(value, -0)
    ? { type: 'integer', value: String(value) }
    : { type: 'float', value };
}

export function rowsOf({ cols, rows }: HranaStatementResult): readonly SqlRow[] {
  if (rows.length === 0) return [];
  const names = cols.map(({ name }) => name ?? '');
  return rows.map((values) => {
    const row: Record<string, SqlValue> = {};
    for (let i = 0; i < names.length; i++) row[names[i]!] = fromHranaValue(values[i]!);
    return row;
  });
}

function fromHranaValue(value: HranaValue): SqlValue {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return Number(value.value);
    case 'blob':
      return fromBase64(value.base64);
    default:
      return value.value;
  }
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  const bytes = atob(text);
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}
