/**
 * Reads over HTTP. What is asked for in one turn of the loop travels in one request; a few requests are under way at a
 * time. A read that got no answer is asked again: it changes nothing.
 *
 * R1  Only statements that the server itself calls read-only are run. It is asked once for each text.
 * R2  An answer that is too large for one message is read again by a cursor, row by row.
 */
import { AppError, type Clock } from '@vaquita/core';
import type { SqlRow, SqlStatement } from '../../ports/driver.ts';
import { checkArgs } from '../values.ts';
import { isTooLargeAnswer, mapNoReply, mapServerError } from './errors.ts';
import {
  type Hrana,
  type HranaRequest,
  type HranaResult,
  type HranaStatementResult,
  rowsOf,
  toHrana,
} from './hrana.ts';
import { createPatience } from './patience.ts';

export interface RemoteReadsOptions {
  readonly hrana: Hrana;
  readonly server: string;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly patienceMs: number;
}

export interface RemoteReads {
  query(statement: SqlStatement): Promise<readonly SqlRow[]>;
  /** Lets what is under way end, refuses what comes later. */
  close(): Promise<void>;
}

interface Asked {
  readonly statement: SqlStatement;
  readonly resolve: (rows: readonly SqlRow[]) => void;
  readonly reject: (error: AppError) => void;
}

const REQUESTS_AT_ONCE = 8;
const READS_PER_REQUEST = 16;
/** Texts known to be read-only: some hundred in all, and more only where filters are put together. */
const MAX_KNOWN_TEXTS = 1_000;

export function createRemoteReads({ hrana, server, clock, patienceMs }: RemoteReadsOptions): RemoteReads {
  const readOnly = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let waiting: Asked[] = [];
  let planned = false;
  let closed = false;

  function pump(): void {
    planned = false;
    while (waiting.length > 0 && underWay.size < REQUESTS_AT_ONCE) {
      const group = waiting.slice(0, READS_PER_REQUEST);
      waiting = waiting.slice(READS_PER_REQUEST);
      const work: Promise<void> = readGroup(group)
        .catch((thrown: unknown) => {
          const error =
            thrown instanceof AppError ? thrown : new AppError('internal', String(thrown), { cause: thrown });
          for (const { reject } of group) reject(error);
        })
        .finally(() => {
          underWay.delete(work);
          pump();
        });
      underWay.add(work);
    }
  }

  async function readGroup(group: readonly Asked[]): Promise<void> {
    const unknown = new Set(group.map(({ statement }) => statement.sql).filter((sql) => !readOnly.has(sql)));
    const writes = unknown.size > 0 ? await findWrites([...unknown]) : unknown;
    for (const { statement, reject } of group) {
      if (writes.has(statement.sql)) reject(new AppError('internal', 'A read tried to write. Nothing was written.'));
    }
    const reads = group.filter(({ statement }) => !writes.has(statement.sql));
    if (reads.length === 0) return;
    const results = await ask(reads.map(({ statement }) => ({ type: 'execute', stmt: toHrana(statement) })));
    await Promise.all(reads.map((asked, i) => answer(asked, results[i]!)));
  }

  /** R1. A text that cannot be described is let through this once, so that the server says what is wrong with it. */
  async function findWrites(texts: readonly string[]): Promise<ReadonlySet<string>> {
    const results = await ask(texts.map((sql) => ({ type: 'describe', sql })));
    if (readOnly.size + texts.length > MAX_KNOWN_TEXTS) readOnly.clear();
    const writes = new Set<string>();
    for (const [i, result] of results.slice(0, texts.length).entries()) {
      if (result.type === 'error') continue;
      const { is_readonly: isReadOnly } = result.response.result as { readonly is_readonly: boolean };
      (isReadOnly ? readOnly : writes).add(texts[i]!);
    }
    return writes;
  }

  async function ask(requests: readonly HranaRequest[]): Promise<readonly HranaResult[]> {
    const patience = createPatience(clock, patienceMs);
    try {
      for (;;) {
        const reply = await hrana.pipeline(requests);
        if (reply.kind === 'answered') return reply.answer;
        if (reply.kind === 'refused' || !(await patience.pause())) throw mapNoReply(reply, server);
      }
    } finally {
      patience.end();
    }
  }

  async function answer({ statement, resolve, reject }: Asked, result: HranaResult): Promise<void> {
    if (result.type === 'ok') return resolve(rowsOf(result.response.result as HranaStatementResult));
    if (!isTooLargeAnswer(result.error)) return reject(mapServerError(result.error, server));
    const reply = await hrana.cursor(toHrana(statement));
    if (reply.kind !== 'answered') return reject(mapNoReply(reply, server));
    if ('rows' in reply.answer) return resolve(rowsOf(reply.answer));
    reject(mapServerError(reply.answer, server));
  }

  return {
    async query(statement) {
      if (closed) throw new AppError('unavailable', `The database ${server} is closed.`);
      checkArgs(statement.args);
      return await new Promise((resolve, reject) => {
        waiting.push({ statement, resolve, reject });
        if (planned) return;
        planned = true;
        queueMicrotask(pump);
      });
    },
    async close() {
      closed = true;
      if (planned) await Promise.resolve();
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
