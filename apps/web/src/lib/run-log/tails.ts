/** The ends of the logs of a run's tasks, as one text. Pure. */
import type { LogChunk, TaskInstanceView } from '@vaquita/client';
import { stripAnsi } from '../log/ansi.ts';
import { familyOf } from '../state/families.ts';
import { isLogicTask } from '../task-types/logic-types.ts';

/** So many tasks at most: a run may have thousands, and each is a question of its own. */
const MOST_TASKS = 20;
/** Of the end of each log. */
export const TAIL_BYTES = 16_384;
const NAME_LENGTH = 24;

/** The end of the log of one attempt. */
export interface Tail {
  readonly text: string;
  readonly nextOffset: number;
  /** Something stands before `text`. */
  readonly cut: boolean;
  /** Nothing follows. */
  readonly ended: boolean;
}

type TaskLike = Pick<TaskInstanceView, 'id' | 'name' | 'type' | 'state' | 'current' | 'startedAt'>;

/** Newest attempts that write a log: those that failed, those that run, then those that began last; given as they began. */
export function tasksToRead<Task extends TaskLike>(tasks: readonly Task[], most = MOST_TASKS): readonly Task[] {
  const began = (task: Task) => task.startedAt ?? '';
  const rank = ({ state }: Task) => (familyOf(state) === 'failed' ? 0 : state === 'running' ? 1 : 2);
  return withLog(tasks)
    .toSorted((a, b) => rank(a) - rank(b) || began(b).localeCompare(began(a)))
    .slice(0, most)
    .toSorted((a, b) => began(a).localeCompare(began(b)) || a.name.localeCompare(b.name));
}

export function withLog<Task extends TaskLike>(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter(({ current, startedAt, type }) => current && startedAt !== null && !isLogicTask(type));
}

export function grow(tail: Tail | undefined, chunk: LogChunk): Tail {
  const whole = (tail?.text ?? '') + chunk.text;
  const begins = (tail?.cut ?? chunk.offset > 0) || whole.length > TAIL_BYTES;
  const kept = whole.slice(-TAIL_BYTES);
  // What is cut begins with a whole line.
  const from = whole.length > TAIL_BYTES || (tail === undefined && chunk.offset > 0) ? kept.indexOf('\n') + 1 : 0;
  return { text: kept.slice(from), nextOffset: chunk.nextOffset, cut: begins, ended: chunk.ended };
}

/** Each line led by the name of its task. */
export function linesOf(name: string, { text }: Pick<Tail, 'text'>, width: number): string {
  const short = name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
  const lead = short.padEnd(Math.min(width, NAME_LENGTH));
  return text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => `${lead} │ ${stripAnsi(line)}`)
    .join('\n');
}
