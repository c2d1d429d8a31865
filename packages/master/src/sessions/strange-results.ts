/**
 * Results for dispatches that are not live: late ones, those of runs that have left memory, and those that the worker was
 * never given. The rows tell whose a dispatch is.
 */
import type { TaskOutcomeReport } from '@vaquita/core';
import { toAppError } from '@vaquita/core';
import type { WorkerResult } from '@vaquita/protocol';
import type { MasterStore } from '@vaquita/store';
import type { Logger } from '../settings.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import { notIts, type Reporter, reportOf } from './reports.ts';
import type { ResultAcks } from './result-acks.ts';

export interface StrangeResultsDeps {
  readonly store: Pick<MasterStore, 'findDispatch'>;
  readonly timers: Pick<TimerQueue, 'after'>;
  readonly resultAcks: Pick<ResultAcks, 'isOwed'>;
  readonly log: Logger;
  readonly retryMs: number;
  /** A result of the worker that holds, or held, the dispatch. @returns false when it has to be taken once more. */
  readonly hearResult: (id: WorkerResult['dispatchId'], report: TaskOutcomeReport, worker: string) => Promise<boolean>;
}

/** Longest wait between two tries. */
const MAX_RETRY_MS = 30_000;

export function createStrangeResults(deps: StrangeResultsDeps) {
  const { store, log } = deps;

  async function isIts({ dispatchId }: WorkerResult, { worker, complain }: Reporter): Promise<boolean> {
    const origin = await store.findDispatch(dispatchId);
    if (origin) return origin.workerId === worker.id;
    const text = `It sent a result for dispatch ${dispatchId}, which is not on record, or was taken back. It changes nothing.`;
    complain({ code: 'unknown_dispatch', dispatchId, text });
    return true;
  }

  /** The worker tells it again only when it connects again: until then nobody but us can see to it. */
  function later(waitMs: number, { dispatchId }: WorkerResult, { worker }: Reporter, again: () => void): void {
    deps.timers.after(`result:${dispatchId}`, waitMs, () => {
      if (deps.resultAcks.isOwed(dispatchId, worker)) again();
    });
  }

  async function judge(result: WorkerResult, reporter: Reporter, waitMs = deps.retryMs): Promise<void> {
    const { dispatchId } = result;
    try {
      if (await isIts(result, reporter)) await hear(result, reporter);
      else notIts(reporter, result);
    } catch (error) {
      log.warn('A result could not be taken yet.', { dispatchId, error: toAppError(error).message });
      later(waitMs, result, reporter, () => void judge(result, reporter, nextWait(waitMs)));
    }
  }

  async function hear(result: WorkerResult, reporter: Reporter, waitMs = deps.retryMs): Promise<void> {
    if (await deps.hearResult(result.dispatchId, reportOf(result, reporter.clock), reporter.worker.name)) return;
    later(waitMs, result, reporter, () => void hear(result, reporter, nextWait(waitMs)));
  }

  return (result: WorkerResult, reporter: Reporter): void => void judge(result, reporter);
}

function nextWait(waitMs: number): number {
  return Math.min(2 * waitMs, MAX_RETRY_MS);
}
