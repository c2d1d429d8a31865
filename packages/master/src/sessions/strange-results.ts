/**
 * Results for dispatches that are not live: late ones, those of runs that have left memory, and those that the worker was
 * never given. The rows tell whose a dispatch is.
 */
import { type TaskOutcomeReport, toAppError } from '@vaquita/core';
import type { WorkerResult } from '@vaquita/protocol';
import type { MasterStore } from '@vaquita/store';
import type { Logger } from '../settings.ts';
import { notIts, type Reporter, reportOf } from './reports.ts';

export interface StrangeResultsDeps {
  readonly store: Pick<MasterStore, 'findDispatch'>;
  readonly log: Logger;
  /** A result of the worker that holds, or held, the dispatch. */
  readonly hearResult: (id: WorkerResult['dispatchId'], report: TaskOutcomeReport, worker: string) => Promise<void>;
}

export function createStrangeResults({ store, log, hearResult }: StrangeResultsDeps) {
  return async (result: WorkerResult, reporter: Reporter): Promise<void> => {
    const { dispatchId } = result;
    const { worker, clock, complain } = reporter;
    try {
      const origin = await store.findDispatch(dispatchId);
      if (origin && origin.workerId !== worker.id) {
        notIts(reporter, result);
        return;
      }
      if (!origin) {
        const text = `It sent a result for dispatch ${dispatchId}, which is not on record, or was taken back. It changes nothing.`;
        complain({ code: 'unknown_dispatch', dispatchId, text });
      }
    } catch (error) {
      // Not acknowledged: the worker keeps it and tells it again.
      log.warn('A result could not be taken yet.', { dispatchId, error: toAppError(error).message });
      return;
    }
    await hearResult(dispatchId, reportOf(result, clock), worker.name);
  };
}
