/**
 * Chooses among the workers of one group by its policy. Knows the policy and nothing of tasks: for each kind of task
 * there is a set of the workers that may be chosen for it now, and all sets share the turns of the group.
 */
import type { BalancingPolicy, Random } from '@vaquita/core';
import { createBag } from './bag.ts';
import { dynamicWeight, type Load, slotShare } from './load.ts';
import type { Order } from './order.ts';
import { createRanking, type Ranking } from './ranking.ts';
import { createLeastLoaded, createTurns } from './turns.ts';
import { createWeightedTurns } from './weighted-turns.ts';

export interface Balancer<W> {
  join(worker: W): void;
  /** It has been removed from every set. */
  leave(worker: W): void;
  /** How much it weighs or carries may be something else now. */
  changed(worker: W): void;
  openSet(): CandidateSet<W>;
}

export interface CandidateSet<W> {
  /** The worker may be chosen: it has a free slot. */
  add(worker: W): void;
  remove(worker: W): void;
  /** The next one, whose turn is over thereby; undefined while the set is empty. */
  choose(): W | undefined;
  /** The balancer forgets the set. */
  close(): void;
  readonly size: number;
}

export function createBalancer<W>(policy: BalancingPolicy, random: Random, loadOf: (worker: W) => Load): Balancer<W> {
  if (policy === 'random') return createLottery(random);
  const rankings = new Set<Ranking<W>>();
  const order = orderOf(policy, loadOf, () => {
    for (const ranking of rankings) ranking.reordered();
  });
  const move = (worker: W) => {
    for (const ranking of rankings) ranking.moved(worker);
  };

  return {
    join: order.join,
    leave: order.leave,
    changed(worker) {
      order.changed(worker);
      move(worker);
    },
    openSet() {
      const ranking = createRanking<W>(order.before);
      rankings.add(ranking);
      return {
        add: ranking.add,
        remove: ranking.remove,
        choose() {
          const worker = ranking.first();
          if (worker === undefined) return undefined;
          order.taken(worker);
          move(worker);
          return worker;
        },
        close: () => void rankings.delete(ranking),
        get size() {
          return ranking.size;
        },
      };
    },
  };
}

function orderOf<W>(
  policy: Exclude<BalancingPolicy, 'random'>,
  loadOf: (worker: W) => Load,
  reordered: () => void,
): Order<W> {
  switch (policy) {
    case 'round_robin':
      return createTurns();
    case 'least_loaded':
      return createLeastLoaded((worker) => slotShare(loadOf(worker)));
    case 'fixed_weighted':
      return createWeightedTurns((worker) => loadOf(worker).weight, reordered);
    case 'dynamic_weighted':
      return createWeightedTurns((worker) => dynamicWeight(loadOf(worker)), reordered);
  }
}

/** Everybody has the same chance each time. */
function createLottery<W>(random: Random): Balancer<W> {
  return {
    join() {},
    leave() {},
    changed() {},
    openSet() {
      const bag = createBag<W>(random);
      return {
        add: bag.add,
        remove: bag.remove,
        choose: bag.draw,
        close() {},
        get size() {
          return bag.size;
        },
      };
    },
  };
}
