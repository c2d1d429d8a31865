/** Answers “why does it not go on?” from recorded reasons; says so when there is nothing to explain. */
import {
  isTaskTerminal,
  isWorkflowTerminal,
  type Reason,
  type TaskInstanceRow,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import type { WhyItem, WhyView } from '../views/reason.ts';
import { toReasonView } from './instance-view.ts';

/** Tasks explained one by one; a run of thousands waiting for the same thing needs no thousand lines. */
const MAX_TASKS = 100;

/** What the API knows and the engine has no part in: whether anybody leads. */
export interface Surroundings {
  readonly leaderName: string | null;
}

export function whyInstance(
  instance: WorkflowInstanceRow,
  tasks: readonly TaskInstanceRow[],
  around: Surroundings,
): WhyView {
  const ofTasks = tasks.filter((row) => row.current && row.reason !== null).slice(0, MAX_TASKS);
  const reasons = [
    ...leaderReason(isWorkflowTerminal(instance.state), instance.updatedAt, around),
    ...(instance.reason === null ? [] : [ofRun(instance.reason)]),
    ...ofTasks.map((row) => ofTask(row, row.reason!)),
  ];
  return {
    kind: 'workflow_instance',
    id: instance.id,
    state: instance.state,
    summary: reasons[0]?.text ?? plainInstance(instance, tasks),
    reasons,
  };
}

export function whyTask(task: TaskInstanceRow, instance: WorkflowInstanceRow, around: Surroundings): WhyView {
  const reasons = [
    ...leaderReason(isTaskTerminal(task.state), task.updatedAt, around),
    ...(task.reason === null ? [] : [ofTask(task, task.reason)]),
    ...(isTaskTerminal(task.state) || instance.reason === null ? [] : [ofRun(instance.reason)]),
  ];
  return {
    kind: 'task_instance',
    id: task.id,
    state: task.state,
    summary: reasons[0]?.text ?? plainTask(task),
    reasons,
  };
}

function ofRun(reason: Reason): WhyItem {
  return { ...toReasonView(reason), taskName: null, taskInstanceId: null };
}

function ofTask(row: TaskInstanceRow, reason: Reason): WhyItem {
  return { ...toReasonView(reason), taskName: row.name, taskInstanceId: row.id };
}

/** While nobody leads, nothing goes on, whatever the last recorded reason was. */
function leaderReason(ended: boolean, since: number, { leaderName }: Surroundings): readonly WhyItem[] {
  if (ended || leaderName !== null) return [];
  return [
    ofRun({
      code: 'no_leader',
      text: 'No server leads at the moment, so nothing is started or ended.',
      since,
      next: 'the next server that gets the lease goes on where the last one was',
    }),
  ];
}

function plainInstance(instance: WorkflowInstanceRow, tasks: readonly TaskInstanceRow[]): string {
  if (isWorkflowTerminal(instance.state)) return `The run has ended: ${instance.state}.`;
  const active = tasks.filter((row) => row.current && !isTaskTerminal(row.state));
  const running = active.filter((row) => row.state === 'running');
  return `The run goes on: ${running.length} of its tasks run now, ${active.length - running.length} wait to run.`;
}

function plainTask(task: TaskInstanceRow): string {
  if (!task.current) return `This attempt has ended (${task.state}); a newer attempt of the task follows it.`;
  if (isTaskTerminal(task.state)) return `The task has ended: ${task.state}.`;
  if (task.state === 'running') return `The task runs on the worker “${task.workerName ?? 'unknown'}”.`;
  return `The task is ${task.state}.`;
}
