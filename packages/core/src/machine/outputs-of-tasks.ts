/** What the tasks of a run have put out, by name, as its rows tell: where several gave the same, the one that ended last. */
import type { TaskInstanceRow } from './rows.ts';
import { mergeVisible, NOTHING_VISIBLE, readVisible } from './visible-outputs.ts';

export function outputsOfTasks(
  tasks: readonly Pick<TaskInstanceRow, 'outputs' | 'endedAt'>[],
): Readonly<Record<string, string>> {
  const all = mergeVisible(tasks.map((own) => ({ inherited: NOTHING_VISIBLE, own })));
  return Object.fromEntries(Array.from(readVisible(all), ([name, { value }]) => [name, value]));
}
