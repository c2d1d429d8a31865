/** Reasons that several parts of the machines give, so that one thing is always said in the same words. */
import { reason, type Transition } from './ledger.ts';
import type { Reason } from './rows.ts';

export function queuedReason(t: Transition): Reason {
  return reason(t, 'queued', 'Waiting for a free slot of a worker.', {
    next: 'the first free worker of its group takes it',
  });
}

export function slotReason(t: Transition, group: string): Reason {
  return reason(t, 'waiting_for_task_group', `Waiting for a slot of task group "${group}".`, {
    next: 'it is queued for a worker when a slot is free',
    evidence: { taskGroup: group },
  });
}

/** Of a run that has asked for its turn and not been answered, and of the tasks that wait with it. */
export function turnReason(t: Transition): Reason {
  return reason(t, 'waiting_for_turn', 'The run waits for its turn.', { next: 'it goes on when there is room for it' });
}

/** What a run below failed of, however deep: it is passed up, so that nobody has to look for it. */
export function rootCause({ evidence }: Pick<Reason, 'evidence'>): string | undefined {
  return typeof evidence?.cause === 'string' ? evidence.cause : undefined;
}
