/** Whether a dispatch that this worker does not have is taken, or why not, in the words of a refusal. */
import type { MasterDispatch, RefuseReason } from '@vaquita/protocol';
import type { TaskType } from '@vaquita/tasks';
import type { DispatchJournal } from './dispatch-journal.ts';
import type { LoadGuard } from './load-guard.ts';
import type { Standing } from './standing.ts';

export interface AdmissionOptions {
  readonly journal: Pick<DispatchJournal, 'isDone' | 'highestEpoch'>;
  readonly standing: Pick<Standing, 'drains' | 'slots'>;
  readonly types: ReadonlyMap<string, TaskType>;
  readonly load: Pick<LoadGuard, 'overload'>;
}

export type Decision = { readonly taskType: TaskType } | { readonly reason: RefuseReason; readonly text: string };

/** @param running how many slots are taken. */
export type Admit = (order: MasterDispatch, running: number) => Decision;

/** What never changes comes before what passes, and that before what the next moment may change. */
export function createAdmission({ journal, standing, types, load }: AdmissionOptions): Admit {
  return ({ dispatchId, epoch, taskType: wanted }, running) => {
    if (journal.isDone(dispatchId)) {
      return { reason: 'duplicate', text: 'this dispatch has ended here and its result was delivered' };
    }
    if (epoch < journal.highestEpoch) {
      return { reason: 'stale_epoch', text: `epoch ${epoch} is over; this worker has seen ${journal.highestEpoch}` };
    }
    const taskType = types.get(wanted);
    if (taskType === undefined) {
      const known = [...types.keys()].join(', ');
      return { reason: 'unknown_type', text: `this worker cannot run "${wanted}", only ${known}` };
    }
    if (standing.drains !== null) return { reason: 'draining', text: standing.drains };
    if (running >= standing.slots) return { reason: 'no_slot', text: `all ${standing.slots} slots are taken` };
    const overload = load.overload;
    return overload === null ? { taskType } : { reason: 'overloaded', text: overload.text };
  };
}
