/** Orders without weights: in turns, and the least loaded first. */
import type { Order } from './order.ts';

/** Who has not been chosen for the longest time is next; who joins stands at the end of the line. */
export function createTurns<W>(): Order<W> {
  const last = new Map<W, number>();
  let turn = 0;
  const toTheEnd = (worker: W) => void last.set(worker, ++turn);

  return {
    join: toTheEnd,
    leave: (worker) => void last.delete(worker),
    taken: toTheEnd,
    changed() {},
    before: (a, b) => last.get(a)! < last.get(b)!,
  };
}

/** By the share of its slots that is in use; those that are equal take turns. */
export function createLeastLoaded<W>(loadOf: (worker: W) => number): Order<W> {
  const turns = createTurns<W>();
  const loads = new Map<W, number>();
  const weigh = (worker: W) => void loads.set(worker, loadOf(worker));

  return {
    join(worker) {
      turns.join(worker);
      weigh(worker);
    },
    leave(worker) {
      turns.leave(worker);
      loads.delete(worker);
    },
    taken: turns.taken,
    changed: weigh,
    before(a, b) {
      const difference = loads.get(a)! - loads.get(b)!;
      return difference === 0 ? turns.before(a, b) : difference < 0;
    },
  };
}
