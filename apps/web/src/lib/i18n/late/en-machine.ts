/** English texts of the state machines of a run. */
import { count, plural } from '../en-count.ts';

export const enMachine = {
  run: 'The run',
  task: (name: string, attempt: number) => `Task ${name}, attempt ${count(attempt)}`,
  noTask: 'Choose a task that has begun to see its states.',
  picture: (title: string) => `States: ${title}`,
  current: 'it is here',
  hint: 'Solid lines with numbers are the way taken so far; dashed ones lead on from the framed state. Press a state to see what leads on from it.',
  tasks: { run: 'what becomes of a task', task: 'what becomes of another task' },
  nothing: 'New',
  more: (n: number) => `and ${count(n)} more`,
  way: 'Taken so far',
  noWay: 'Nothing is recorded of it yet.',
  all: (n: number) => `All ${plural(n, 'change', 'changes')} of state, and what brings them about`,
  takenAs: (numbers: string) => `taken as ${numbers}`,
};

export type MachineMessages = typeof enMachine;
