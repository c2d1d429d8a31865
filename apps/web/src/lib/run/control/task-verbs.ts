/** What a task panel offers, by the state of the task and of its run. A test holds it to the state machine of the engine. */
import type { InstanceView, TaskInstanceView, TaskState } from '@vaquita/client';

export type TaskVerb = 'kill' | 'forceSuccess' | 'forceStart' | 'approve' | 'reject';

const OFFERED: Readonly<Record<TaskState, readonly TaskVerb[]>> = {
  submitted: ['forceStart', 'kill'],
  delayed: ['kill'],
  dispatched: ['kill'],
  running: ['approve', 'reject', 'kill'],
  paused: [],
  need_fault_tolerance: [],
  killed: ['forceSuccess'],
  failure: ['forceSuccess'],
  success: [],
  forced_success: [],
};

type RunLike = Pick<InstanceView, 'state'> & { readonly quarantine: unknown };
export type TaskLike = Pick<
  TaskInstanceView,
  'type' | 'state' | 'current' | 'taskGroup' | 'groupSlot' | 'groupForced' | 'killRequestedAt' | 'logic'
>;

export function taskVerbsFor(task: TaskLike, run: RunLike): readonly TaskVerb[] {
  if (!task.current || run.quarantine !== null) return [];
  const isPossible: Readonly<Record<TaskVerb, boolean>> = {
    kill: task.killRequestedAt === null,
    forceSuccess: run.state !== 'ready_stop',
    forceStart: waitsForSlot(task),
    approve: waitsForApproval(task),
    reject: waitsForApproval(task),
  };
  return (OFFERED[task.state] ?? []).filter((verb) => isPossible[verb]);
}

function waitsForSlot({ taskGroup, groupSlot, groupForced }: TaskLike): boolean {
  return taskGroup !== null && groupSlot === null && !groupForced;
}

function waitsForApproval({ type, logic }: TaskLike): boolean {
  return type === 'approval' && (logic?.kind !== 'approval' || logic.decision === null);
}
