/**
 * The embedded database in a thread of its own, so that no write holds the event loop. Reads stay in the caller's
 * thread on a connection of their own: they are short, and in WAL mode they neither wait for writes nor miss what was
 * committed.
 *
 * I1  Every request is answered once: by its reply, or by `unavailable` when the thread ends before.
 * I2  A write resolves after its commit, as in the embedded driver; what is read afterwards includes it.
 * I3  Units reach the thread in the order in which they were given.
 */
import { Worker } from 'node:worker_threads';
import { AppError } from '@vaquita/core';
import type { SqlDriver, SqlRow, SqlStatement, SqlValue, WriteResult } from '../ports/driver.ts';
import { type EmbeddedDriverOptions, openReader } from './embedded.ts';
import {
  createBatcher,
  createPacker,
  OPENED,
  type Parcel,
  type Reply,
  type Request,
  type ThreadOptions,
  unpackError,
  unpackResults,
  unwrap,
  wrapRequests,
} from './thread-messages.ts';
import { checkArgs } from './values.ts';

export interface ThreadDriverOptions extends Omit<EmbeddedDriverOptions, 'clock'> {
  /** The file the thread runs; a bundle gives its own. */
  readonly entry?: URL;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: AppError) => void;
}

/** @throws AppError as `openEmbeddedDriver` does. */
export async function openThreadDriver(options: ThreadDriverOptions): Promise<SqlDriver> {
  const { entry = new URL('./thread-entry.ts', import.meta.url), ...workerData } = options;
  const waiting = new Map<number, Waiting>();
  const worker = new Worker(entry, { workerData: workerData satisfies ThreadOptions, name: 'database' });
  const send = createBatcher<Request>((batch) => worker.postMessage(wrapRequests(batch)));
  const pack = createPacker(send);
  let lastId = OPENED;
  let ended: AppError | undefined;

  worker.on('message', (parcel: Parcel<Reply>) => {
    for (const reply of unwrap(parcel)) {
      const waiter = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ('error' in reply) waiter?.reject(unpackError(reply.error));
      else waiter?.resolve(reply);
    }
  });
  worker.on('error', end);
  worker.once('exit', () => end(undefined));

  /** I1: nobody waits for a thread that is gone. */
  function end(cause: unknown): void {
    ended ??= new AppError('unavailable', `The database thread of ${options.path} has ended. Restart the server.`, {
      cause,
    });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  }

  function wait(id: number): Promise<Reply> {
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  function ask(build: (id: number) => Request): Promise<Reply> {
    if (ended !== undefined) return Promise.reject(ended);
    lastId += 1;
    const answer = wait(lastId);
    send(build(lastId));
    return answer;
  }

  let reader: Awaited<ReturnType<typeof openReader>>;
  try {
    await wait(OPENED);
    reader = await openReader(options);
  } catch (thrown) {
    await worker.terminate();
    throw thrown;
  }
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    reader.close();
    try {
      if (ended === undefined) await ask((id) => ({ kind: 'close', id }));
    } finally {
      // Whatever the database says to being closed: a thread that stays keeps the whole process.
      await worker.terminate();
    }
  }

  return {
    query: (statement: SqlStatement): Promise<readonly SqlRow[]> => reader.query(statement),
    async write(unit): Promise<readonly WriteResult[]> {
      if (closed !== undefined) throw new AppError('unavailable', `The database ${options.path} is closed.`);
      if (unit.length === 0) return [];
      // Checked on this side: a value that cannot be cloned would fail the whole batch it travels in.
      for (const { args } of unit) checkArgs(args as readonly SqlValue[]);
      const reply = await ask((id) => ({ kind: 'write', id, unit: unit.map(pack) }));
      return unpackResults(reply);
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
