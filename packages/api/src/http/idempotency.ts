/**
 * Answers a repeated POST as the first time.
 * I1. A key is claimed before the request is handled; the claim is the conflict, also between processes. It is held for as long
 *     as the server that has it is alive in the registry and handles the request, and then goes to one other.
 * I2. Only a success is kept: a refused request changed nothing, so it may be tried again under its key.
 * I3. The ids of what the request makes follow from the claim. A request whose process died between the change and
 *     the record of the answer makes the same rows when it is repeated, and the store knows them again. So does one of
 *     which nobody knows whether it was done.
 */
import { AppError, createIdSource, type IdSource, sha256Hex, toAppError } from '@vaquita/core';
import type { IdempotencyRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { HttpError } from './http-error.ts';

export interface Recorded {
  readonly status: number;
  readonly body: string;
}

export interface KeyedRequest {
  /** Caller, method, path and key. */
  readonly key: string;
  readonly bodyHash: string;
}

/** Statuses of HTTP begin after it. */
const DOUBTFUL = 1;
/** An unfinished claim older than this is not worked on any more, whoever has it. */
const ABANDONED_AFTER_MS = 60_000;

export interface Idempotency {
  run(request: KeyedRequest, handle: (ids: IdSource) => Promise<Recorded>): Promise<Recorded>;
}

export function createIdempotency(
  deps: Pick<ApiDeps, 'store' | 'clock' | 'log' | 'cluster' | 'serverId'>,
): Idempotency {
  const { requests } = deps.store;
  /** Requests being handled in this process: a duplicate waits for the answer instead of being sent away. */
  const inFlight = new Map<string, { readonly bodyHash: string; readonly answer: Promise<Recorded> }>();

  async function claimAndHandle(
    request: KeyedRequest,
    handle: (ids: IdSource) => Promise<Recorded>,
  ): Promise<Recorded> {
    const now = deps.clock.now();
    const earlier = await requests.claim(request.key, request.bodyHash, now, deps.serverId);
    if (earlier) {
      checkBody(earlier.bodyHash, request.bodyHash);
      if (earlier.status > DOUBTFUL) return { status: earlier.status, body: earlier.response };
      if (await isHeld(earlier, now)) throw busy();
      if (!(await requests.takeOver(earlier, deps.serverId))) throw busy();
    }
    const ids = await idsFromClaim(request.key, earlier?.createdAt ?? now);
    let answer: Recorded;
    try {
      answer = await handle(ids);
    } catch (thrown) {
      await letGo(request.key, thrown).catch((cause) => deps.log.error('idempotency key not released', { cause }));
      throw thrown;
    }
    await requests.finish(request.key, answer.status, answer.body);
    return answer;
  }

  function letGo(key: string, thrown: unknown): Promise<void> {
    const mayBeDone = toAppError(thrown).code === 'outcome_unknown';
    return requests.abandon(key, deps.serverId, { mayBeDone });
  }

  /** I1. A claim of this very process is not: what is handled here is in flight. */
  async function isHeld({ status, claimedBy, createdAt }: IdempotencyRow, now: number): Promise<boolean> {
    const age = now - createdAt;
    if (status === DOUBTFUL || claimedBy === deps.serverId || age < 0 || age >= ABANDONED_AFTER_MS) return false;
    if (claimedBy === '') return true;
    return (await deps.cluster.servers()).some(({ id, expiresInMs }) => id === claimedBy && expiresInMs >= 0);
  }

  return {
    async run(request, handle) {
      const running = inFlight.get(request.key);
      if (running) {
        checkBody(running.bodyHash, request.bodyHash);
        return running.answer;
      }
      const answer = claimAndHandle(request, handle);
      inFlight.set(request.key, { bodyHash: request.bodyHash, answer });
      try {
        return await answer;
      } finally {
        inFlight.delete(request.key);
      }
    },
  };
}

function checkBody(first: string, now: string): void {
  if (first === now) return;
  throw new AppError(
    'idempotency_mismatch',
    'This Idempotency-Key was used with another body. Use a new key for a new request.',
  );
}

function busy(): AppError {
  return new HttpError('conflict', 'The first request with this Idempotency-Key is still being handled. Try again.', {
    headers: { 'retry-after': '1' },
  });
}

async function idsFromClaim(key: string, createdAt: number): Promise<IdSource> {
  const digest = await sha256Hex(key);
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(digest.slice(i * 2, i * 2 + 2), 16));
  return createIdSource({ now: () => createdAt }, { next: () => 0, bytes: (length) => bytes.slice(0, length) });
}
