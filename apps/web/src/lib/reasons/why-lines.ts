/** The answer to “why?” as a page shows it: every sentence once, tasks that wait for the same thing in one line. Pure. */
import type { WhyView } from '@vaquita/client';

type Item = WhyView['reasons'][number];

export interface WhyLine {
  /** Of the tasks it is about; none: of the run as a whole. */
  readonly tasks: readonly string[];
  /** The first of the reasons that say the same. */
  readonly reason: Item;
}

export function whyLines(reasons: readonly Item[]): readonly WhyLine[] {
  const lines: { readonly tasks: string[]; readonly reason: Item }[] = [];
  for (const reason of reasons) {
    const same = lines.find((line) => line.reason.code === reason.code && line.reason.text === reason.text);
    const tasks = reason.taskName === null ? [] : [reason.taskName];
    if (same) {
      if (reason.taskName !== null && !same.tasks.includes(reason.taskName)) same.tasks.push(reason.taskName);
    } else if (!lines.some((line) => holds(line.reason, reason))) lines.push({ tasks, reason });
  }
  return lines;
}

/** The first tells all of the second: a run that failed of a task repeats what the task says. */
function holds(first: Item, second: Item): boolean {
  if (!first.text.includes(second.text)) return false;
  return second.taskName === null || second.taskName === first.taskName || first.text.includes(`"${second.taskName}"`);
}
