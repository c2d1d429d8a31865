/** A start that cannot be carried out: the run ends with the reason, so that nobody waits for it. */
import {
  type Clock,
  type CommandRow,
  type Epoch,
  isWorkflowTerminal,
  type NewEvent,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';

/** Ends the command as rejected, and with it the run when the command was to start it. */
export async function rejectUnrunnable(
  { store, epoch, clock }: { readonly store: MasterStore; readonly epoch: Epoch; readonly clock: Pick<Clock, 'now'> },
  command: CommandRow,
  why: string,
): Promise<void> {
  const rows = command.kind === 'start' ? await store.loadRun(command.workflowInstanceId) : undefined;
  if (!rows || isWorkflowTerminal(rows.instance.state)) {
    await store.rejectCommand(epoch, command.id, `rejected: ${why}`);
    return;
  }
  const now = clock.now();
  const reason = { code: 'unrunnable', text: `It could not be started: ${why}.`, since: now };
  const instance: WorkflowInstanceRow = { ...rows.instance, state: 'failure', endedAt: now, updatedAt: now, reason };
  const event: NewEvent = {
    type: 'workflow_instance.state',
    projectId: instance.projectId,
    workflowInstanceId: instance.id,
    taskInstanceId: null,
    at: now,
    data: { from: rows.instance.state, to: 'failure', code: reason.code, text: reason.text },
  };
  await store.commit(epoch, {
    instance,
    assignNumber: true,
    newTasks: [],
    changedTasks: [],
    events: [event],
    outboxPut: [],
    outboxDone: [],
    commandsDone: [{ id: command.id, outcome: `rejected: ${why}` }],
  });
}
