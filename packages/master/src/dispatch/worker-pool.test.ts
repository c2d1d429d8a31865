import type { WorkerId } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { type Demand, demandKey } from './demand.ts';
import { createLiveDispatches } from './live-dispatches.ts';
import { type ConnectedWorker, createWorkerPool, type DeclaredGroup, type WorkerPool } from './worker-pool.ts';

function worker(name: string, more: Partial<ConnectedWorker> = {}): ConnectedWorker {
  return {
    ...{ id: name as WorkerId, name, groups: ['default'], labels: {}, weight: 1, slots: 9 },
    ...{ taskTypes: new Set(['shell']), sessionTimeoutMs: 30_000, version: '1.2', send: () => 'queued', close() {} },
    ...more,
  };
}

const newPool = () => createWorkerPool(createLiveDispatches(), createSeededRandom(1));
const group = (name: string, more: Partial<DeclaredGroup> = {}): DeclaredGroup => ({
  ...{ name, policy: 'round_robin', workers: [] },
  ...more,
});
const choiceOf = (pool: WorkerPool, demand: Demand) => pool.choiceFor(demandKey(demand), demand);
const demand = (name: string) => ({ group: name, type: 'shell', labels: {} });

test('a worker is in the groups it names and in those it was put into, from that moment on', () => {
  const pool = newPool();
  const gpu = choiceOf(pool, demand('gpu'));
  pool.join(worker('a'));
  expect(gpu.free).toBe(0);
  pool.declare([group('gpu', { workers: ['a', 'b'] })]);
  expect(gpu.choose()?.worker.name).toBe('a');
  pool.join(worker('b', { groups: ['gpu'] }));
  expect(gpu.free).toBe(2);
  pool.declare([]);
  expect(gpu.choose()?.worker.name).toBe('b');
  expect(gpu.free).toBe(1);
  expect(choiceOf(pool, demand('default')).free).toBe(1);
});

test('the policy of a group can change while it is in use', () => {
  const pool = newPool();
  pool.declare([group('default', { policy: 'fixed_weighted' })]);
  pool.join(worker('a', { weight: 1 }));
  pool.join(worker('b', { weight: 3 }));
  const choice = choiceOf(pool, demand('default'));
  const chosen = (times: number) => Array.from({ length: times }, () => choice.choose()!.worker.name);
  expect(chosen(8).filter((name) => name === 'b')).toHaveLength(6);
  pool.declare([group('default')]);
  expect(chosen(8).filter((name) => name === 'b')).toHaveLength(4);
});

test('a worker that comes back is as new: rested, taking tasks, with what it says now', () => {
  const pool = newPool();
  const choice = choiceOf(pool, demand('default'));
  const first = worker('a');
  pool.join(first);
  pool.setDraining('a' as WorkerId, true);
  pool.setResting('a' as WorkerId, true);
  expect(choice.free).toBe(0);
  const second = worker('a', { groups: ['other'] });
  pool.join(second);
  pool.leave(first);
  expect([choice.free, choiceOf(pool, demand('other')).free]).toEqual([0, 1]);
  expect(pool.get('a' as WorkerId)).toBe(second);
});

test('what is kept for demands that nobody has any more does not grow without end', () => {
  const pool = newPool();
  pool.join(worker('a', { labels: { n: '7' } }));
  const wanted = new Set<string>();
  for (let n = 0; n < 2_000; n++) {
    const { key } = choiceOf(pool, { group: `g${n}`, type: 'shell', labels: { n: String(n) } });
    if (n === 0) wanted.add(key);
    pool.forgetIdle((idle) => !wanted.has(idle));
  }
  const kept = choiceOf(pool, { group: 'g0', type: 'shell', labels: { n: '0' } });
  pool.join(worker('b', { groups: ['g0', 'g5'], labels: { n: '0' } }));
  expect(kept.free).toBe(1);
  expect(pool.open.size).toBe(1);
});

test('a worker whose machine has no room is passed over until its heartbeat says that it has', () => {
  const pool = newPool();
  const choice = choiceOf(pool, demand('default'));
  pool.join(worker('a'));
  pool.join(worker('b'));
  const figures = { cpu: null, memory: null };
  expect(pool.beat('a' as WorkerId, { ...figures, overloaded: true })).toBe(false);
  expect([choice.free, choice.able.size]).toEqual([1, 2]);
  expect([choice.choose()?.worker.name, choice.choose()?.worker.name]).toEqual(['b', 'b']);
  // Whatever else becomes of it.
  pool.setResting('a' as WorkerId, false);
  expect(choice.free).toBe(1);
  expect(pool.beat('a' as WorkerId, { ...figures, overloaded: false })).toBe(true);
  expect(pool.beat('a' as WorkerId, { ...figures, overloaded: false })).toBe(false);
  expect(choice.choose()?.worker.name).toBe('a');
  expect(pool.beat('nobody' as WorkerId, { ...figures, overloaded: false })).toBe(false);
});
