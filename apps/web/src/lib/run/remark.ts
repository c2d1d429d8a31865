/** What is to be said of a task in a few words beside its state: what it waits for, or what it chose. Pure. */
import type { TaskInstanceView } from '@vaquita/client';
import { hasEnded } from '#lib/state/families.ts';

type TaskLike = Pick<TaskInstanceView, 'state' | 'logic' | 'reason'>;
type Tell = (reason: NonNullable<TaskInstanceView['reason']>) => string;

/** @param tell a reason in the reader's language */
export function remarkOf(task: TaskLike | undefined, tell: Tell): string {
  if (task === undefined) return '';
  if (task.logic?.kind === 'branch') return `→ ${task.logic.chosen.join(', ') || '–'}`;
  return hasEnded(task.state) || task.reason === null ? '' : tell(task.reason);
}

/** Somebody has to answer before it goes on. */
export function waitsForSomebody(task: Pick<TaskLike, 'state' | 'logic'> | undefined): boolean {
  return task?.state === 'running' && task.logic?.kind === 'approval' && task.logic.decision === null;
}
