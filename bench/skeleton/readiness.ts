/** All that a graph needs at the least: for each task how many it still waits for, and the list of those that may go. */
import { type Layers, predecessorsOf } from '../layers.ts';

export interface Readiness {
  /** In all copies together. */
  readonly tasks: number;
  /** Those that wait for nothing. */
  readonly first: readonly number[];
  /** Those for which this was the last one they waited for. */
  afterEnd(n: number): readonly number[];
}

/** Several copies of one graph: task `i` of copy `c` has the number `c × tasks of a copy + i`. */
export function createReadiness(layers: Layers, copies: number): Readiness {
  const before = predecessorsOf(layers);
  const size = before.length;
  const after: number[][] = before.map(() => []);
  for (const [task, list] of before.entries()) for (const one of list) after[one]!.push(task);
  const open = Uint32Array.from({ length: size * copies }, (_, n) => before[n % size]!.length);
  return {
    tasks: size * copies,
    first: Array.from(open.keys()).filter((n) => open[n] === 0),
    afterEnd(n) {
      const base = n - (n % size);
      return after[n % size]!.map((task) => base + task).filter((task) => {
        open[task]! -= 1;
        return open[task] === 0;
      });
    },
  };
}
