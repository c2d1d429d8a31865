/**
 * Group commit over HTTP: one group is one request and one transaction, and what was asked for meanwhile is the next.
 *
 * W1  A unit resolves only after the server has said that its group is committed.
 * W2  A group whose answer was lost is tried again only when it is certain that it was not and never will be written.
 * W3  `unavailable` and `database_busy` mean that nothing was written; when nobody knows, it is `outcome_unknown`.
 */
import { AppError, type Clock } from '@vaquita/core';
import type { SqlRow, SqlStatement } from '../../ports/driver.ts';
import { createWriteQueue, settle, type Waiting, type WriteQueue } from '../write-queue.ts';
import { isBusyError, mapNoReply, mapServerError } from './errors.ts';
import { createGroupBatch } from './group-batch.ts';
import { type Hrana, rowsOf } from './hrana.ts';
import { createPatience, type Patience } from './patience.ts';
import { batchResult, transaction, transactionResult } from './transaction.ts';
import { createWriterTurns } from './writer-turns.ts';

export interface RemoteWritesOptions {
  readonly hrana: Hrana;
  /** The database, as errors name it. */
  readonly server: string;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  readonly writerId: string;
  readonly maxGroupWeight: number;
  /** How long a group is tried while the server is away or busy. */
  readonly patienceMs: number;
}

export interface RemoteWrites extends WriteQueue {
  /** Makes sure that the database can be written. @throws AppError */
  prepare(): Promise<void>;
}

type Attempt =
  | { readonly kind: 'settled' }
  /** Nothing was written. */
  | { readonly kind: 'again' | 'never'; readonly error: AppError }
  | { readonly kind: 'unknown'; readonly error: AppError };

/** Text and bytes that weigh as much as a statement. */
const WEIGHT_UNIT = 4_096;

export function createRemoteWrites(options: RemoteWritesOptions): RemoteWrites {
  const { hrana, server, clock, maxGroupWeight, patienceMs } = options;
  const turns = createWriterTurns(options.writerId);

  async function commitWithPatience(group: readonly Waiting[]): Promise<void> {
    const patience = createPatience(clock, patienceMs);
    try {
      for (;;) {
        const attempt = await attemptGroup(group, patience);
        if (attempt.kind === 'settled') return;
        if (attempt.kind === 'again' && (await patience.pause())) continue;
        for (const { reject } of group) reject(attempt.error);
        return;
      }
    } catch (thrown) {
      // Not a matter of the server: a value that cannot be sent, for one. The group was not sent.
      const error = new AppError('internal', `A write could not be sent: ${String(thrown)}`, { cause: thrown });
      for (const { reject } of group) reject(error);
    } finally {
      patience.end();
    }
  }

  async function attemptGroup(group: readonly Waiting[], patience: Patience): Promise<Attempt> {
    const turn = turns.next();
    const batch = createGroupBatch(group, turns.write(turn), server);
    const reply = await hrana.pipeline([batch.request]);
    switch (reply.kind) {
      case 'unsent':
        return { kind: 'again', error: mapNoReply(reply, server) };
      case 'refused':
        return { kind: 'never', error: mapNoReply(reply, server) };
      case 'lost':
        return await learnFate(turn, mapNoReply(reply, server), patience);
      case 'answered':
        break;
    }
    const result = reply.answer[0]!;
    if (result.type === 'error') return await learnFate(turn, mapServerError(result.error, server), patience);
    const outcome = batch.read(batchResult(result));
    switch (outcome.kind) {
      case 'written':
        for (const each of outcome.outcomes) settle(each);
        return { kind: 'settled' };
      case 'failed':
        return { kind: outcome.isPassing ? 'again' : 'never', error: mapServerError(outcome.error, server) };
      case 'unclear':
        return await learnFate(turn, new AppError('unavailable', 'The request was delivered twice.'), patience);
    }
  }

  /** W2. `error` is for a group that was not written. */
  async function learnFate(turn: number, error: AppError, patience: Patience): Promise<Attempt> {
    for (;;) {
      const asked = await takeTurn();
      if (asked !== undefined) {
        if (!turns.wasWritten(turn, asked)) return { kind: isPassing(error) ? 'again' : 'never', error };
        const text = `The database ${server} has written this, but its answer was lost.`;
        return { kind: 'unknown', error: new AppError('outcome_unknown', text, { cause: error }) };
      }
      if (await patience.pause()) continue;
      const text = `The connection to the database ${server} was lost: it is not known whether this was written.`;
      return { kind: 'unknown', error: new AppError('outcome_unknown', text, { cause: error }) };
    }
  }

  /** T2. The row of this writer; undefined when the turn could not be taken. */
  async function takeTurn(): Promise<SqlRow | undefined> {
    const reply = await hrana.pipeline([transaction([turns.settle(turns.next())])]);
    if (reply.kind !== 'answered') return undefined;
    const taken = transactionResult(reply.answer[0]!);
    return 'results' in taken ? rowsOf(taken.results[0]!)[0] : undefined;
  }

  const queue = createWriteQueue({
    name: server,
    maxGroupWeight,
    weigh,
    pause: () => Promise.resolve(),
    commit: commitWithPatience,
  });

  return {
    ...queue,
    async prepare() {
      const patience = createPatience(clock, patienceMs);
      try {
        for (;;) {
          const failure = await tryToPrepare();
          if (failure === undefined) return;
          if (!failure.isPassing || !(await patience.pause())) throw failure.error;
        }
      } finally {
        patience.end();
      }
    },
  };

  async function tryToPrepare(): Promise<{ readonly error: AppError; readonly isPassing: boolean } | undefined> {
    const reply = await hrana.pipeline([transaction(turns.prepare)]);
    if (reply.kind !== 'answered') return { error: mapNoReply(reply, server), isPassing: reply.kind !== 'refused' };
    const done = transactionResult(reply.answer[0]!);
    if (!('error' in done)) return undefined;
    return { error: mapServerError(done.error, server), isPassing: isBusyError(done.error) };
  }
}

function isPassing({ code }: AppError): boolean {
  return code === 'unavailable' || code === 'database_busy';
}

/** Long texts count as several statements, so that a request stays within a few megabytes. */
function weigh(unit: readonly SqlStatement[]): number {
  let length = 0;
  for (const { args } of unit) {
    for (const arg of args) if (typeof arg === 'string' || arg instanceof Uint8Array) length += arg.length;
  }
  return unit.length + Math.floor(length / WEIGHT_UNIT);
}
