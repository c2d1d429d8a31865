/**
 * Proof that this worker would run a task (`echo`): the way of one, through a folder, the keeper and the outbox, without a
 * slot and a process. What fails on that way is not answered; the server then takes this worker for deaf.
 */
import type { Clock, DispatchId } from '@vaquita/core';
import type { WorkerReport } from '@vaquita/protocol';
import { type AttemptPorts, resultOf } from './attempt.ts';
import type { DispatchJournal } from './dispatch-journal.ts';
import type { AgentLog } from './host.ts';
import type { ResultOutbox } from './result-outbox.ts';

export interface EchoOptions {
  readonly attempts: Pick<AttemptPorts, 'folder' | 'kept'>;
  readonly outbox: Pick<ResultOutbox, 'put'>;
  readonly journal: Pick<DispatchJournal, 'highestEpoch'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: AgentLog;
  report(message: WorkerReport): void;
  /** It would: the proof is on its way. */
  onProven(): void;
}

export function createEcho(options: EchoOptions): (nonce: DispatchId) => Promise<void> {
  const { attempts, outbox, journal, clock, log } = options;
  return async (nonce) => {
    const files = attempts.folder.attempt(nonce);
    try {
      await files.begin('');
      await attempts.kept?.ping();
      await files.remove();
    } catch (error) {
      log.error('The server asked for an echo, and no task could be run now.', { error });
      return;
    }
    const echo = { dispatchId: nonce, epoch: journal.highestEpoch };
    const result = resultOf(echo, { state: 'success', endedAt: clock.now(), error: null });
    await outbox.put(result);
    options.report(result);
    options.onProven();
  };
}
