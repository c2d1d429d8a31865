/**
 * A result for a dispatch that memory does not know as live. Three things it can be, and the rows tell which:
 * of an attempt that the rows still have open, because its end is on its way to them; told again after it was applied;
 * or late, of an attempt that has been given up (P5).
 */
import type { DispatchId, Epoch, NewEvent } from '@vaquita/core';
import { isTaskTerminal } from '@vaquita/core';
import type { DispatchOrigin, MasterStore } from '@vaquita/store';
import { commitOf } from './commit-of.ts';

export type LateResult =
  /** Not late at all: the run must hear of it. */
  | { readonly kind: 'open'; readonly origin: DispatchOrigin }
  /** May be acknowledged: it is applied, or written down as late. */
  | { readonly kind: 'over' };

export interface LateResultDeps {
  readonly store: MasterStore;
  readonly epoch: Epoch;
  readonly now: number;
  readonly worker: string;
}

export async function judgeResult(id: DispatchId, deps: LateResultDeps): Promise<LateResult> {
  const origin = await deps.store.findDispatch(id);
  if (!origin) return { kind: 'over' };
  if (!isTaskTerminal(origin.state)) return { kind: 'open', origin };
  if (origin.state === 'need_fault_tolerance')
    await deps.store.commit(deps.epoch, commitOf({ events: [lateEvent(origin, deps)] }));
  return { kind: 'over' };
}

function lateEvent(origin: DispatchOrigin, { now, worker }: LateResultDeps): NewEvent {
  return {
    type: 'task_instance.warning',
    projectId: origin.projectId,
    workflowInstanceId: origin.workflowInstanceId,
    taskInstanceId: origin.taskInstanceId,
    at: now,
    data: {
      name: origin.taskName,
      code: 'late_result',
      text: `Worker "${worker}" reported a result after this attempt had been given up. It changes nothing.`,
    },
  };
}
