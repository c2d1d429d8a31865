/** The state machines as the UI reads them: each change of state a line, with the events that bring it about. */
import type { FoundTransition, FoundTransitions } from './find-transitions.ts';

export const MACHINES_DATA = 'apps/web/src/lib/machine/machines.ts';

export function machinesData({ workflow, task }: FoundTransitions): string {
  return [...HEAD, ...list('RUN_MACHINE', workflow), '', ...list('TASK_MACHINE', task), ''].join('\n');
}

const HEAD = [
  '/**',
  ' * The changes of state that there are, written by `npm run docs:machines` from the code; a test holds them up to date.',
  ' * `from > to: events | events of the run | tasks`: the last where it also follows from what becomes of a task.',
  ' */',
  '',
];

function list(name: string, transitions: readonly FoundTransition[]): readonly string[] {
  return [`export const ${name}: readonly string[] = [`, ...transitions.map((one) => `  '${line(one)}',`), '];'];
}

/** What comes into being comes from `*`. */
function line({ from, to, own, ofRun, followsTasks }: FoundTransition): string {
  return `${from ?? '*'} > ${to}: ${own.join(', ')} | ${ofRun.join(', ')} | ${followsTasks ? 'tasks' : ''}`;
}
