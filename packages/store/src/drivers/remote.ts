/**
 * A libSQL server over HTTP. One writer behind group commit, one transaction a request, reads apart.
 *
 * Give it the primary: what a replica answers lags behind what was written, and the store reads what it has written.
 * The server commits with `synchronous=NORMAL`: a crash of its process loses nothing, a power loss may lose the newest
 * commits.
 */
import { AppError, type Clock, toAppError } from '@vaquita/core';
import type { SqlDriver } from '../ports/driver.ts';
import { parseServerAddress } from './remote/address.ts';
import { createHrana } from './remote/hrana.ts';
import { createRemoteReads } from './remote/reads.ts';
import { createRemoteWrites } from './remote/writes.ts';
import { checkArgs } from './values.ts';

export interface RemoteDriverOptions {
  /** `libsql://`, `https://` or `http://`, without a secret in it. */
  readonly url: string;
  /** The access token, if the server asks for one. Read again when the server refuses it. */
  readonly readToken?: () => Promise<string | null>;
  /** How long one request may take. Default 10 s. */
  readonly timeoutMs?: number;
  /** How long something is tried while the server is away or busy. Default 5 s. */
  readonly patienceMs?: number;
  /** Bound of one group commit. Default 1,000 statements. */
  readonly maxGroupStatements?: number;
  readonly clock?: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly fetch?: typeof fetch;
}

const REMOTE_DEFAULTS = { timeoutMs: 10_000, patienceMs: 5_000, maxGroupStatements: 1_000 } as const;

const SYSTEM_TIMERS: Pick<Clock, 'setTimeout' | 'clearTimeout'> = {
  setTimeout: (run, delayMs) => setTimeout(run, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout>),
};

/** @throws AppError `bad_settings` when this is no address of a libSQL server that can be written, or none answers there. */
export async function openRemoteDriver(options: RemoteDriverOptions): Promise<SqlDriver> {
  const { baseUrl: server } = parseServerAddress(options.url);
  const clock = options.clock ?? SYSTEM_TIMERS;
  const patienceMs = options.patienceMs ?? REMOTE_DEFAULTS.patienceMs;
  const hrana = createHrana({
    baseUrl: server,
    readToken: options.readToken ?? (() => Promise.resolve(null)),
    clock,
    fetch: options.fetch ?? fetch,
    timeoutMs: options.timeoutMs ?? REMOTE_DEFAULTS.timeoutMs,
  });
  const reads = createRemoteReads({ hrana, server, clock, patienceMs });
  const writes = createRemoteWrites({
    hrana,
    server,
    clock,
    patienceMs,
    writerId: crypto.randomUUID(),
    maxGroupWeight: options.maxGroupStatements ?? REMOTE_DEFAULTS.maxGroupStatements,
  });
  try {
    await writes.prepare();
  } catch (thrown) {
    const { message } = toAppError(thrown);
    throw new AppError('bad_settings', `The database cannot be used. ${message}`, { cause: thrown });
  }
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    await writes.close();
    await reads.close();
  }

  return {
    query: (statement) => reads.query(statement),
    async write(unit) {
      for (const { args } of unit) checkArgs(args);
      return await writes.write(unit);
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}
