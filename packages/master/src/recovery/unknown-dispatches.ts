/**
 * Dispatches that a worker speaks of and memory does not know: their run has left memory, or is not there yet. The rows
 * tell whether the worker holds them, and what its result is still worth.
 */
import {
  type Clock,
  type DispatchId,
  type Epoch,
  isTaskTerminal,
  type TaskOutcomeReport,
  toAppError,
  type WorkerId,
} from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { RunRegistry } from '../bus/run-registry.ts';
import type { ResultAcks } from '../sessions/result-acks.ts';
import type { Logger } from '../settings.ts';
import { judgeResult } from './late-result.ts';

export interface UnknownDispatches {
  /** Whether the rows say that the worker holds the dispatch. Brings its run into memory. */
  isHeld(id: DispatchId, worker: WorkerId): Promise<boolean>;
  /** A result for a dispatch that is not live. `worker` is its name. @returns false when it has to be taken once more. */
  hearResult(id: DispatchId, report: TaskOutcomeReport, worker: string): Promise<boolean>;
}

export interface UnknownDispatchesDeps {
  readonly store: MasterStore;
  readonly epoch: Epoch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly runs: Pick<RunRegistry, 'withBus'>;
  readonly resultAcks: Pick<ResultAcks, 'acknowledge'>;
  /** True, and the end of the term, when the error says that somebody else leads. */
  readonly endWhenFenced: (error: unknown) => boolean;
}

export function createUnknownDispatches(deps: UnknownDispatchesDeps): UnknownDispatches {
  const { store, epoch, clock, log, runs } = deps;

  return {
    async isHeld(id, worker) {
      const origin = await store.findDispatch(id);
      if (!origin || isTaskTerminal(origin.state) || origin.workerId !== worker) return false;
      try {
        await runs.withBus(origin.workflowInstanceId, () => {});
      } catch (error) {
        // It is the worker's all the same; what it reports brings the run into memory later.
        log.warn('A run that a worker works on could not be loaded.', {
          dispatchId: id,
          error: toAppError(error).message,
        });
      }
      return true;
    },

    async hearResult(dispatchId, report, worker) {
      try {
        const judged = await judgeResult(dispatchId, { store, epoch, now: clock.now(), worker });
        if (judged.kind === 'over') {
          deps.resultAcks.acknowledge(dispatchId);
          return true;
        }
        const { taskInstanceId, workflowInstanceId } = judged.origin;
        const tell = (bus: RunBus) => bus.post({ type: 'TaskEnded', taskInstanceId, dispatchId, report });
        const found = await runs.withBus(workflowInstanceId, tell);
        if (found.kind === 'aside') tell(found.bus);
        // Until somebody ends the run, and its rows say what the result is worth.
        return found.kind !== 'impossible';
      } catch (error) {
        if (deps.endWhenFenced(error)) return true;
        log.warn('A result could not be taken yet.', { dispatchId, error: toAppError(error).message });
        return false;
      }
    },
  };
}
