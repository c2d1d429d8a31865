/** Turns snapshots of a run into lines, one per change, never the same line twice. */

import type { InstanceView, TaskInstanceView } from '@vaquita/client';
import { isWorkflowTerminal } from '@vaquita/core';
import { between, timeOfDay } from './format.ts';

export interface RunSnapshot {
  readonly instance: InstanceView;
  readonly tasks: readonly TaskInstanceView[];
}

export interface RunProgress {
  /** The lines for what is new in this snapshot. */
  lines(snapshot: RunSnapshot): readonly string[];
}

export function createRunProgress(): RunProgress {
  const shown = new Map<string, string>();

  /** True once for each new state of a thing; of a task, also for each new reason why it waits. */
  function isNew(id: string, state: string): boolean {
    if (shown.get(id) === state) return false;
    shown.set(id, state);
    return true;
  }

  return {
    lines({ instance, tasks }) {
      const width = Math.max(0, ...tasks.map((task) => task.name.length));
      const run = isNew(instance.id, `${instance.runCounter} ${instance.state}`) ? [runLine(instance)] : [];
      const changed = tasks
        .filter((task) => isNew(task.id, `${task.state} ${task.reason?.code}`))
        .sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : Number(a.updatedAt > b.updatedAt)))
        .map((task) => taskLine(task, width));
      // A run begins before its tasks and ends after them, and so do the lines.
      return isWorkflowTerminal(instance.state) ? [...changed, ...run] : [...run, ...changed];
    },
  };
}

export function runName({ workflowName, number, id }: InstanceView): string {
  return number === null ? `${workflowName} (${id})` : `${workflowName}#${number}`;
}

function runLine(instance: InstanceView): string {
  const took = between(instance.startedAt, instance.endedAt);
  const after = took === null ? '' : ` after ${took}`;
  return `${timeOfDay(instance.updatedAt)}  ${runName(instance)}  ${instance.state}${after}`;
}

function taskLine(task: TaskInstanceView, width: number): string {
  const took = between(task.startedAt, task.endedAt);
  const notes = [
    task.attempt > 1 ? `attempt ${task.attempt}` : '',
    task.state === 'running' && task.worker !== null ? `on ${task.worker}` : '',
    took === null ? '' : `after ${took}`,
    task.state === 'success' ? '' : (task.reason?.text ?? ''),
  ].filter((note) => note !== '');
  return `${timeOfDay(task.updatedAt)}    ${task.name.padEnd(width)}  ${task.state.padEnd(10)} ${notes.join(', ')}`.trimEnd();
}
