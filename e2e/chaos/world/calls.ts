/** Calls of the API that are made again until they are answered, by whichever server answers. */
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, createClient, type VaquitaClient } from '@vaquita/client';

export interface Calls {
  /**
   * Makes the call again until it has an answer; what it files needs a key. A refusal is an answer.
   * @throws ApiError of the refusal.
   */
  answered<T>(call: (client: VaquitaClient) => Promise<T>): Promise<T>;
  /** How often a call had no answer. */
  readonly repeated: number;
}

/** A server that is frozen answers nothing: another try, by another connection. */
const PATIENCE_MS = 4_000;
const PAUSE_MS = 250;

export function createCalls(urls: readonly string[], token: string): Calls {
  const clients = urls.map((url) => {
    const fetchInTime = (input: string, init: RequestInit) =>
      fetch(input, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
    return createClient({ baseUrl: url, token, fetch: fetchInTime });
  });
  let repeated = 0;
  return {
    async answered(call) {
      for (let nth = 0; ; nth++) {
        try {
          return await call(clients[nth % clients.length]!);
        } catch (error) {
          if (!mayPass(error)) throw error;
          repeated += 1;
          await pause(PAUSE_MS);
        }
      }
    },
    get repeated() {
      return repeated;
    },
  };
}

/** A server that died has left the key claimed: the answer then asks to come back later. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  return error.retryable || error.retryAfterMs !== undefined;
}
