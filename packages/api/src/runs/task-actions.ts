/** What can be asked of a task instance, and whether it can be asked now. */
import {
  type CommandKind,
  isTaskTerminal,
  type TaskCommand,
  type TaskInstanceRow,
  type WorkflowInstanceRow,
  whyTaskRefused,
} from '@vaquita/core';
import type { TaskAction as Name } from '../views/action.ts';

export interface TaskAction {
  readonly name: Name;
  readonly kind: CommandKind;
  readonly command: TaskCommand;
  readonly summary: string;
  /** Says it better than the states of the task and its run can. */
  readonly because?: (task: TaskInstanceRow) => string | undefined;
}

export const ALL_TASK_ACTIONS: readonly TaskAction[] = [
  { name: 'kill', kind: 'kill_task', command: 'KillTask', summary: 'Kill a task' },
  {
    name: 'force-success',
    kind: 'force_success',
    command: 'ForceSuccess',
    summary: 'Let a failed or killed task count as a success',
  },
  {
    name: 'force-start',
    kind: 'force_start',
    command: 'ForceStart',
    summary: 'Let a task go on without a slot of its task group',
    because: whyNoSlotNeeded,
  },
  { name: 'approve', kind: 'approve_task', command: 'ApproveTask', summary: 'Approve', because: whyNotToDecide },
  {
    name: 'reject',
    kind: 'reject_task',
    command: 'RejectTask',
    summary: 'Reject: the task fails',
    because: whyNotToDecide,
  },
];

/** Why the task, as it is now, cannot do this; undefined when it can. */
export function whyTaskActionRefused(
  task: TaskInstanceRow,
  instance: WorkflowInstanceRow,
  action: TaskAction,
): string | undefined {
  if (instance.quarantine !== null) return 'the engine has set its run aside after an error; retry or stop the run';
  const { state, type, current, taskGroup, groupSlot, groupForced } = task;
  const groupWaits = taskGroup !== null && groupSlot === null && !groupForced;
  const refusal = whyTaskRefused({ state, type, current, groupWaits }, instance.state, action.command);
  if (refusal === undefined || !current) return refusal;
  return action.because?.(task) ?? refusal;
}

function whyNoSlotNeeded({ state, taskGroup, groupSlot, groupForced }: TaskInstanceRow): string | undefined {
  if (isTaskTerminal(state)) return undefined;
  if (taskGroup === null) return 'it belongs to no task group, so it waits for no slot';
  if (groupSlot !== null) return `it has a slot of the task group “${taskGroup}” already`;
  return groupForced ? 'it was let go on without a slot before' : undefined;
}

function whyNotToDecide({ type, logic }: TaskInstanceRow): string | undefined {
  if (type !== 'approval') return `it is a task of type ${type}; only approval tasks are approved or rejected`;
  if (logic?.kind !== 'approval' || logic.decision === null) return undefined;
  return `it was ${logic.decision} by ${logic.by ?? 'somebody'} already`;
}
