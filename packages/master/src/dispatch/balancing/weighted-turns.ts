/**
 * Turns by weight: of any stretch of choices a worker gets the share that its weight has of all weights, and its turns
 * are spread over the stretch.
 *
 * Time is counted in rounds. A worker is due every `unit / weight` rounds, where `unit` is about the sum of all weights; who is
 * due in the earliest round is first, and within a round those who joined earlier, but the very first, who closes it.
 * While nothing but choices happens this is the sequence that Apache DolphinScheduler's weighted balancers make.
 *
 * B1 What a worker is owed is at most the round that is going on: one that was full or away does not catch up later.
 * B2 A change of one weight, and the coming and going of others, leave the share of a turn that a worker has waited for.
 */
import type { Order } from './order.ts';

interface Turn {
  weight: number;
  /** In rounds. */
  due: number;
  readonly place: number;
}

/** Sums of fractions are not exact: what is due this little after a round is due in it. */
const SLACK = 1e-6;
/** Rounds are counted from zero again before fractions of them get lost in large numbers. */
const MOST_ROUNDS = 65_536;
/** The unit follows the sum of weights when that has changed by more than this part. */
const DRIFT = 1 / 8;

export function createWeightedTurns<W>(weightOf: (worker: W) => number, reordered: () => void): Order<W> {
  const turns = new Map<W, Turn>();
  let total = 0;
  let unit = 0;
  /** Every round up to this one is over. */
  let over = 0;
  let places = 0;

  function roundOf({ due }: Turn): number {
    return Math.ceil(due - SLACK);
  }

  function follow(): void {
    if (Math.abs(total - unit) <= unit * DRIFT) return;
    // The sum itself is taken anew, so that it does not drift away from the weights.
    total = 0;
    for (const { weight } of turns.values()) total += weight;
    const scale = total / unit;
    unit = total;
    for (const turn of turns.values()) turn.due = Math.max(0, turn.due - over) * scale;
    over = 0;
    reordered();
  }

  function startAnew(): void {
    for (const turn of turns.values()) turn.due -= over;
    over = 0;
  }

  return {
    join(worker) {
      const weight = weightOf(worker);
      if (turns.size === 0) {
        turns.set(worker, { weight, due: 1, place: Number.POSITIVE_INFINITY });
        total = weight;
        unit = weight;
        over = 0;
        return;
      }
      turns.set(worker, { weight, due: over + unit / weight, place: ++places });
      total += weight;
      follow();
    },
    leave(worker) {
      const turn = turns.get(worker);
      if (!turn) return;
      turns.delete(worker);
      total -= turn.weight;
      if (turns.size > 0) follow();
    },
    taken(worker) {
      const turn = turns.get(worker)!;
      const round = roundOf(turn);
      turn.due = Math.max(turn.due, over) + unit / turn.weight;
      over = Math.max(over, round - 1);
      if (over > MOST_ROUNDS) startAnew();
    },
    changed(worker) {
      const turn = turns.get(worker)!;
      const weight = weightOf(worker);
      if (weight === turn.weight) return;
      if (turn.due > over) turn.due = over + ((turn.due - over) * turn.weight) / weight;
      total += weight - turn.weight;
      turn.weight = weight;
      follow();
    },
    before(a, b) {
      const one = turns.get(a)!;
      const other = turns.get(b)!;
      const difference = roundOf(one) - roundOf(other);
      return difference === 0 ? one.place < other.place : difference < 0;
    },
  };
}
