/** A result for a dispatch that is over: written down, acknowledged, and of no other effect (P5). */
import type { Clock, DispatchId, Epoch, NewEvent } from '@vaquita/core';
import type { MasterStore, RunCommit } from '@vaquita/store';

/** Resolves when the record is durable and the worker may be told. */
export async function recordLateResult(
  store: MasterStore,
  epoch: Epoch,
  clock: Clock,
  id: DispatchId,
  worker: string,
): Promise<void> {
  const found = await store.findDispatch(id);
  const rows = found && (await store.loadRun(found.workflowInstanceId));
  const row = rows?.tasks.find((task) => task.dispatchId === id);
  if (!rows || !row) return;
  const event: NewEvent = {
    type: 'task_instance.warning',
    projectId: rows.instance.projectId,
    workflowInstanceId: rows.instance.id,
    taskInstanceId: row.id,
    at: clock.now(),
    data: {
      name: row.name,
      code: 'late_result',
      text: `Worker "${worker}" reported a result after this attempt was over (${row.state}). It changes nothing.`,
    },
  };
  await store.commit(epoch, eventOnly(event));
}

function eventOnly(event: NewEvent): RunCommit {
  return {
    instance: null,
    assignNumber: false,
    newTasks: [],
    changedTasks: [],
    events: [event],
    outboxPut: [],
    outboxDone: [],
    commandsDone: [],
  };
}
