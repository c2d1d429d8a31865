/**
 * Requests to the server about files, with the worker's token, until they are answered for good.
 *
 * Q1 While the server cannot be reached, or says that it cannot answer now, the request is made again, for as long as
 *    the attempt lives: a file is as sure to arrive as a result is.
 * Q2 An answer that says no is the end at once. An error inside the server is tried a few times.
 */
import { AppError, type Clock, ERROR_CODES, type ErrorCode, type Random } from '@vaquita/core';
import { reconnectDelayMs } from './backoff.ts';
import type { AgentLog } from './host.ts';

export interface FileRequestsOptions {
  readonly token: string;
  /** The worker socket of the server to ask, now. */
  socketUrl(): string;
  fetch(url: string, init: RequestInit): Promise<Response>;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly random: Pick<Random, 'next'>;
  readonly log: AgentLog;
}

export interface FileRequest {
  /** Below `/api/v1/worker/`. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly init?: RequestInit;
}

export interface FileRequests {
  /** One request. @throws ConnectionLost, or AppError with the server's reason. */
  once(request: FileRequest): Promise<Response>;
  /**
   * Does the work again until it is done or something says no (Q1, Q2).
   * @throws what said no; the signal's reason when it is aborted.
   */
  persist<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** The server is back within seconds; a task and its slot wait for this. */
const MAX_DELAY_MS = 5_000;
const MAX_SERVER_ERRORS = 5;
const SOCKET_END = /socket$/;

/** The connection failed, at the request or while its answer was read. */
export class ConnectionLost extends Error {}

export function createFileRequests(options: FileRequestsOptions): FileRequests {
  return {
    async once({ path, signal, init = {} }) {
      const url = options.socketUrl().replace(/^ws/, 'http').replace(SOCKET_END, path);
      const headers = { ...init.headers, authorization: `Bearer ${options.token}` };
      const answer = await options
        .fetch(url, { ...init, headers, signal, redirect: 'error' })
        .catch((error: unknown) => {
          throw new ConnectionLost(causeOf(error), { cause: error });
        });
      if (answer.ok) return answer;
      throw await readProblem(answer);
    },

    async persist(signal, work) {
      let serverErrors = 0;
      for (let failures = 1; ; failures++) {
        signal.throwIfAborted();
        try {
          return await work();
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof AppError && error.code === 'internal') serverErrors += 1;
          const passes = error instanceof ConnectionLost || (error instanceof AppError && error.retryable);
          if (!passes || serverErrors >= MAX_SERVER_ERRORS) throw error;
          const inMs = Math.min(MAX_DELAY_MS, reconnectDelayMs(failures, options.random));
          options.log.info('A file could not be passed on now; trying again.', { inMs, because: error.message });
          await pause(inMs, signal);
        }
      }
    },
  };

  function pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        options.clock.clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = options.clock.setTimeout(end, ms);
      signal.addEventListener('abort', end);
    });
  }
}

async function readProblem(answer: Response): Promise<AppError> {
  const text = await answer.text().catch(() => '');
  const { code, detail } = parseProblem(text);
  if (code !== undefined) return new AppError(code, detail);
  const busy = answer.status >= 500 || answer.status === 408 || answer.status === 429;
  return new AppError(
    busy ? 'unavailable' : 'bad_request',
    `the server answered ${answer.status} ${answer.statusText}`,
  );
}

function parseProblem(text: string): { readonly code: ErrorCode | undefined; readonly detail: string } {
  try {
    const { code, detail } = JSON.parse(text) as { readonly code?: unknown; readonly detail?: unknown };
    const known = typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : undefined;
    return { code: known, detail: String(detail) };
  } catch {
    return { code: undefined, detail: '' };
  }
}

/** fetch says "fetch failed" and keeps what a person wants to know in the cause. */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof AggregateError) return cause.errors.map(causeOf).join('; ');
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
