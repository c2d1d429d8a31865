/** Which task a run page shows when none is named: what a person would look for first. Pure. */
import type { TaskInstanceView } from '@vaquita/client';
import { familyOf } from '../state/families.ts';
import { waitsForSomebody } from './remark.ts';

type TaskLike = Pick<TaskInstanceView, 'name' | 'state' | 'current' | 'startedAt' | 'endedAt' | 'logic'>;

export function taskToShow(tasks: readonly TaskLike[]): string | null {
  const current = tasks.filter((task) => task.current);
  const first = (test: (task: TaskLike) => boolean) => current.find(test)?.name;
  const failedFirst = current
    .filter((task) => familyOf(task.state) === 'failed')
    .sort((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? ''))[0]?.name;
  const newest = current
    .filter((task) => task.startedAt !== null)
    .sort((a, b) => (b.startedAt ?? '').localeCompare(a.startedAt ?? ''))[0]?.name;
  return (
    failedFirst ??
    first(waitsForSomebody) ??
    first((task) => task.state === 'running') ??
    newest ??
    first(() => true) ??
    tasks[0]?.name ??
    null
  );
}

/** How much of a run is done, for its progress bar. */
export function progressOf(states: readonly string[]): {
  readonly done: number;
  readonly all: number;
  readonly running: number;
  readonly waiting: number;
} {
  const counts = { done: 0, running: 0, waiting: 0 };
  for (const state of states) {
    const family = familyOf(state);
    if (family === 'running') counts.running++;
    else if (family === 'queued' || family === 'paused' || family === 'retry') counts.waiting++;
    else counts.done++;
  }
  return { ...counts, all: states.length };
}
