/** The recorded results of Apache DolphinScheduler, through the pool: groups, workers that are busy, choices. */
import type { BalancingPolicy, WorkerId } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { describe, expect, test } from 'vitest';
import { type Demand, demandKey } from '../demand.ts';
import { createLiveDispatches } from '../live-dispatches.ts';
import { createWorkerPool, type WorkerPool } from '../worker-pool.ts';
import { createBalancer } from './balancer.ts';
import { dynamicWeight, type Load } from './load.ts';
import vectors from './load-balancer.vectors.json' with { type: 'json' };

type Case = (typeof vectors.cases)[number];
type Worker = Case['workers'][number] & { readonly workerWeight?: number; readonly taskThreadPoolUsage?: number };

const POLICIES: Readonly<Record<string, BalancingPolicy>> = {
  RANDOM: 'random',
  ROUND_ROBIN: 'round_robin',
  FIXED_WEIGHTED_ROUND_ROBIN: 'fixed_weighted',
  DYNAMIC_WEIGHTED_ROUND_ROBIN: 'dynamic_weighted',
};

/** Of 10,000 choices. The tests there assert no more than the sum; their comments mean these. */
const SLACK: Readonly<Record<string, number>> = { ROUND_ROBIN: 1, RANDOM: 250 };

function loadOf({ workerWeight = 1, cpuUsage, memoryUsage, taskThreadPoolUsage = 0 }: Worker): Load {
  return { weight: workerWeight, cpu: cpuUsage, memory: memoryUsage, slots: 10, slotsUsed: taskThreadPoolUsage * 10 };
}

function healthy({ workers }: Case): readonly Worker[] {
  return workers.filter(({ serverStatus }) => serverStatus === 'NORMAL');
}

const choiceOf = (pool: WorkerPool, demand: Demand) => pool.choiceFor(demandKey(demand), demand);

/** 1 for the first healthy worker, as the vectors count them. */
function choose(one: Case, times: number): readonly number[] {
  const workers = healthy(one);
  const loads = workers.map(loadOf);
  const balancer = createBalancer<number>(POLICIES[one.type]!, createSeededRandom(1), (index) => loads[index - 1]!);
  const set = balancer.openSet();
  for (const index of workers.keys()) {
    balancer.join(index + 1);
    set.add(index + 1);
  }
  return Array.from({ length: times }, () => set.choose()!);
}

describe.each(vectors.cases)('$type', (one) => {
  const withGroups = createPoolOf(one);

  test.each(one.tests)('group $group', ({ group, times }) => {
    const choice = choiceOf(withGroups, { group, type: 'shell', labels: {} });
    if (times === undefined) {
      expect(choice.choose()).toBeUndefined();
      return;
    }
    const busy = new Set(
      one.workers.filter(({ serverStatus }) => serverStatus === 'BUSY').map(({ address }) => address),
    );
    for (let i = 0; i < times; i++) expect(busy.has(choice.choose()!.worker.name)).toBe(false);
  });

  const slack = SLACK[one.type];
  if (slack !== undefined) {
    test('everybody gets the same', () => {
      const chosen = choose(one, 9_999);
      for (const index of [1, 2, 3]) {
        expect(Math.abs(chosen.filter((number) => number === index).length - 3_333)).toBeLessThanOrEqual(slack);
      }
    });
  }

  const { derived } = one;
  if (derived) {
    test('the sequence', () => {
      const chosen = choose(one, 10_000);
      expect(chosen.slice(0, 18)).toEqual(derived.first18);
      expect([1, 2, 3].map((index) => chosen.filter((number) => number === index).length)).toEqual(derived.counts10000);
    });
  }

  if (one.type.startsWith('DYNAMIC')) {
    test('the weights, of 100', () => {
      for (const [index, worker] of healthy(one).entries()) {
        expect(100 * dynamicWeight(loadOf(worker))).toBeCloseTo(derived!.weights[index]!, 3);
      }
    });
  }
});

/**
 * Where the recorded groups differ from ours: their group "default" is all workers by itself, ours those that name it; and
 * of the workers that somebody has put into a group there, only those that were alive at that moment are in it.
 */
function createPoolOf({ type, workers }: Case) {
  const pool = createWorkerPool(createLiveDispatches(), createSeededRandom(1));
  pool.declare(
    vectors.workerGroups.map(({ name, addrList }) => ({
      name,
      policy: POLICIES[type]!,
      workers: name === 'busyCluster' ? ['127.0.0.4:1234'] : (addrList?.split(',') ?? []),
    })),
  );
  for (const worker of workers) {
    const { address, serverStatus } = worker;
    const load = loadOf(worker);
    pool.join({
      ...{ id: address as WorkerId, name: address, groups: ['default'], labels: {}, weight: load.weight, slots: 10 },
      ...{ taskTypes: new Set(['shell']), sessionTimeoutMs: 30_000, version: '1.2', send: () => 'queued', close() {} },
    });
    pool.beat(address as WorkerId, { ...load, overloaded: false });
    pool.setResting(address as WorkerId, serverStatus === 'BUSY');
  }
  return pool;
}

test('a worker that joins after its group was declared is in it, which it is not there', () => {
  const pool = createPoolOf(vectors.cases[1]!);
  const choice = choiceOf(pool, { group: 'sparkCluster', type: 'shell', labels: {} });
  expect(choice.choose()?.worker.name).toBe('127.0.0.1:1234');
});
