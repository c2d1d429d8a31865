import {
  BALANCING_POLICIES,
  createIdSource,
  type LifecycleEvent,
  type Priority,
  type ProjectId,
  type TaskInstanceId,
  type WorkerId,
  type WorkerLabels,
} from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunBus } from '../bus/run-bus.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { createLiveDispatches, type LiveDispatches } from './live-dispatches.ts';
import { type ConnectedWorker, createWorkerPool, type WorkerPool } from './worker-pool.ts';

const clock = createManualClock(1_000);
const ids = createIdSource(clock, createSeededRandom(1));
let live: LiveDispatches;
let pool: WorkerPool;
let dispatcher: Dispatcher;
let posted: LifecycleEvent[];
let bus: RunBus;

beforeEach(() => {
  live = createLiveDispatches();
  pool = createWorkerPool(live, createSeededRandom(2));
  dispatcher = createDispatcher({ clock, ids, epoch: 1, live, pool });
  posted = [];
  bus = busOf('p');
});

function busOf(projectId: string): RunBus {
  const run = { instance: { projectId } };
  return { run, post: (event: LifecycleEvent) => posted.push(event) } as unknown as RunBus;
}

function worker(name: string, more: Partial<ConnectedWorker> = {}): ConnectedWorker {
  return {
    id: name as WorkerId,
    name,
    groups: ['default'],
    labels: {},
    weight: 1,
    slots: 1,
    taskTypes: new Set(['shell', 'noop']),
    sessionTimeoutMs: 30_000,
    version: '1.2',
    send: () => 'queued',
    close: () => {},
    ...more,
  };
}

interface Queued {
  readonly group?: string;
  readonly type?: string;
  readonly labels?: WorkerLabels;
  readonly run?: Priority;
  readonly task?: Priority;
  readonly inGroup?: number;
  readonly at?: number;
  readonly bus?: RunBus;
}

function queue(id: string, more: Queued = {}) {
  dispatcher.enqueue({
    taskInstanceId: id as TaskInstanceId,
    bus: more.bus ?? bus,
    group: more.group ?? 'default',
    type: more.type ?? 'shell',
    labels: more.labels ?? {},
    runPriority: more.run ?? 'medium',
    taskPriority: more.task ?? 'medium',
    groupPriority: more.inGroup ?? 0,
    firstSubmittedAt: more.at ?? 0,
    queuedAt: clock.now(),
  });
}

function placements(): string[] {
  return posted.map((event) =>
    event.type === 'TaskPlaced' ? `${event.taskInstanceId}@${event.workerName}` : event.type,
  );
}

test('workers of a group take turns, each up to its slots', () => {
  pool.join(worker('a', { slots: 2 }));
  pool.join(worker('b', { slots: 1 }));
  for (const id of ['1', '2', '3', '4']) queue(id);
  expect(dispatcher.flush()).toBe(3);
  expect(placements()).toEqual(['1@a', '2@b', '3@a']);
  expect(dispatcher.queue.size).toBe(1);
  live.remove(live.ofWorker('b' as WorkerId)[0]!.id);
  dispatcher.flush();
  expect(placements().at(-1)).toBe('4@b');
});

test('order: run priority, task priority, priority in the task group, first submit time, arrival', () => {
  queue('late', { at: 9 });
  queue('important in its group', { inGroup: 2, at: 9 });
  queue('unimportant in its group', { inGroup: -1, at: 0 });
  queue('early', { at: 1 });
  queue('important task', { task: 'high', at: 9 });
  queue('important run', { run: 'highest', task: 'lowest', at: 9 });
  queue('early too', { at: 1 });
  pool.join(worker('a', { slots: 10 }));
  dispatcher.flush();
  expect(placements().map((text) => text.split('@')[0])).toEqual([
    'important run',
    'important task',
    'important in its group',
    'early',
    'early too',
    'late',
    'unimportant in its group',
  ]);
});

test('neither a group without workers nor a type nobody can run blocks the others', () => {
  pool.join(worker('a', { slots: 5 }));
  queue('elsewhere', { group: 'gpu', run: 'highest' });
  queue('exotic', { type: 'spark', run: 'highest' });
  queue('plain');
  dispatcher.flush();
  expect(placements()).toEqual(['plain@a']);
  expect(dispatcher.queue.size).toBe(2);
});

test('a task goes only to a worker with its labels, and one that nobody matches blocks nothing', () => {
  pool.join(worker('plain', { slots: 5 }));
  pool.join(worker('north', { slots: 5, labels: { zone: 'north', gpu: 'true' } }));
  queue('nowhere', { labels: { zone: 'moon' }, run: 'highest' });
  for (const id of ['1', '2', '3']) queue(id, { labels: { zone: 'north' } });
  queue('anywhere');
  dispatcher.flush();
  expect(placements()).toEqual(['1@north', '2@north', '3@north', 'anywhere@plain']);
  expect(dispatcher.queue.size).toBe(1);
  pool.configure('plain' as WorkerId, { labels: { zone: 'moon' } });
  dispatcher.flush();
  expect(placements().at(-1)).toBe('nowhere@plain');
});

test('a worker of two groups serves what goes first in either', () => {
  queue('first of a', { group: 'a', at: 1 });
  queue('second of a', { group: 'a', at: 3 });
  queue('first of b', { group: 'b', at: 2 });
  pool.join(worker('both', { groups: ['a', 'b'], slots: 2 }));
  dispatcher.flush();
  expect(placements()).toEqual(['first of a@both', 'first of b@both']);
});

test('a worker that drains gets nothing until it is told to go on, and its tasks keep their slots', () => {
  pool.join(worker('a', { slots: 2 }));
  queue('1');
  dispatcher.flush();
  pool.setDraining('a' as WorkerId, true);
  queue('2');
  expect(dispatcher.flush()).toBe(0);
  pool.setDraining('a' as WorkerId, false);
  queue('3');
  dispatcher.flush();
  expect(placements()).toEqual(['1@a', '2@a']);
});

test('more slots are filled at once, and fewer are reached as tasks end', () => {
  pool.join(worker('a', { slots: 1 }));
  for (const id of ['1', '2', '3', '4']) queue(id);
  dispatcher.flush();
  pool.configure('a' as WorkerId, { slots: 3 });
  expect(dispatcher.flush()).toBe(2);
  pool.configure('a' as WorkerId, { slots: 2 });
  live.remove(live.ofWorker('a' as WorkerId)[0]!.id);
  expect(dispatcher.flush()).toBe(0);
  live.remove(live.ofWorker('a' as WorkerId)[0]!.id);
  expect(dispatcher.flush()).toBe(1);
});

test('a task that was taken out of the queue is not placed', () => {
  queue('gone');
  queue('stays');
  dispatcher.queue.remove('gone' as TaskInstanceId);
  pool.join(worker('a', { slots: 5 }));
  dispatcher.flush();
  expect(placements()).toEqual(['stays@a']);
});

test('a run that is dropped leaves nothing in the queue, and counts of projects follow', () => {
  const other = busOf('q');
  queue('1');
  queue('2');
  queue('3', { bus: other });
  expect(['p', 'q'].map((id) => dispatcher.queue.sizeOf(id as ProjectId))).toEqual([2, 1]);
  dispatcher.queue.removeRun(bus);
  pool.join(worker('a', { slots: 5 }));
  dispatcher.flush();
  expect(placements()).toEqual(['3@a']);
  expect(['p', 'q'].map((id) => dispatcher.queue.sizeOf(id as ProjectId))).toEqual([0, 0]);
});

test('a worker that has left is not chosen, and those that stay keep their turns', () => {
  const a = worker('a', { slots: 9 });
  pool.join(a);
  pool.join(worker('b', { slots: 9 }));
  pool.join(worker('c', { slots: 9 }));
  queue('1');
  dispatcher.flush();
  pool.leave(a);
  for (const id of ['2', '3', '4']) queue(id);
  dispatcher.flush();
  expect(placements()).toEqual(['1@a', '2@b', '3@c', '4@b']);
});

test('tasks that no connected worker can take are told so after a while, and told again when one could', async () => {
  queue('stuck', { group: 'gpu' });
  dispatcher.notePlaceable(1_000);
  expect(posted).toEqual([]);
  await clock.advance(1_000);
  dispatcher.notePlaceable(1_000);
  dispatcher.notePlaceable(1_000);
  expect(posted).toEqual([
    expect.objectContaining({ type: 'TaskPlaceable', worker: false, text: expect.stringContaining('"gpu"') }),
  ]);
  pool.join(worker('other', { groups: ['gpu'], taskTypes: new Set(['http']) }));
  dispatcher.notePlaceable(1_000);
  expect(posted).toHaveLength(1);
  pool.join(worker('full', { groups: ['gpu'], slots: 0 }));
  dispatcher.notePlaceable(1_000);
  dispatcher.notePlaceable(1_000);
  expect(posted.slice(1)).toEqual([expect.objectContaining({ type: 'TaskPlaceable', worker: true })]);
});

test('what nobody can take says which labels are missing, and who was looked at', async () => {
  pool.join(worker('a', { labels: { zone: 'north', gpu: 'false' } }));
  pool.join(worker('b', { labels: { zone: 'south' } }));
  pool.join(worker('c', { taskTypes: new Set(['http']), labels: { gpu: 'true' } }));
  queue('stuck', { labels: { gpu: 'true', zone: 'north' } });
  queue('draining', { group: 'leaving' });
  pool.join(worker('d', { groups: ['leaving'] }));
  pool.setDraining('d' as WorkerId, true);
  await clock.advance(1_000);
  dispatcher.notePlaceable(1_000);
  expect(posted).toEqual([
    expect.objectContaining({
      worker: false,
      text: 'None of the 2 workers looked at in worker group "default" has gpu=true, zone=north: "a" lacks gpu=true (it has gpu=false); "b" lacks gpu=true and zone=north (it has zone=south).',
      evidence: expect.objectContaining({ labels: 'gpu=true, zone=north', missing: 'gpu=true', workers: 3 }),
    }),
    expect.objectContaining({ text: 'Every connected worker of worker group "leaving" is draining.' }),
  ]);
});

describe('with 2,000 workers', () => {
  const WORKERS = 2_000;
  let looks: number;

  beforeEach(() => {
    looks = 0;
    // Whether a worker is free is asked by its slots: counting that counts the workers looked at.
    for (let index = 0; index < WORKERS; index++) pool.join(worker(`w${index}`, { slots: 2 }));
    const original = live.slotsUsed;
    Object.assign(live, {
      slotsUsed: (id: WorkerId) => {
        looks += 1;
        return original(id);
      },
    });
  });

  function fill() {
    for (let index = 0; index < 2 * WORKERS; index++) queue(`t${index}`);
    dispatcher.flush();
  }

  test('placing a task looks at the worker that gets it', () => {
    fill();
    expect(posted).toHaveLength(2 * WORKERS);
    expect(looks).toBe(2 * WORKERS);
  });

  test('10,000 tasks that wait while all are full cost nothing, and a slot that becomes free costs one look', () => {
    fill();
    for (let index = 0; index < 10_000; index++) queue(`more${index}`);
    looks = 0;
    for (let round = 0; round < 100; round++) expect(dispatcher.flush()).toBe(0);
    expect(looks).toBe(0);
    live.remove(live.ofWorker('w1234' as WorkerId)[0]!.id);
    expect(dispatcher.flush()).toBe(1);
    expect(placements().at(-1)).toBe('more0@w1234');
    expect(looks).toBe(2);
  });

  test('lanes that nobody serves are not walked through for those that somebody does', () => {
    for (let index = 0; index < 5_000; index++) queue(`lost${index}`, { labels: { rack: String(index) } });
    queue('plain');
    const first = vi.spyOn(dispatcher.queue, 'first');
    dispatcher.flush();
    expect(placements()).toEqual(['plain@w0']);
    for (const [lanes] of first.mock.calls) expect([...lanes].length).toBeLessThanOrEqual(1);
  });
});

test.each(BALANCING_POLICIES)('%s: nobody is given more than its slots, and whoever is free is used', (policy) => {
  const slots = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(slots, fc.array(fc.nat(50), { maxLength: 40 }), (sizes, ends) => {
      const ownLive = createLiveDispatches();
      const ownPool = createWorkerPool(ownLive, createSeededRandom(1));
      const own = createDispatcher({ clock, ids, epoch: 1, live: ownLive, pool: ownPool });
      ownPool.declare([{ name: 'default', policy, workers: [] }]);
      for (const [index, size] of sizes.entries())
        ownPool.join(worker(`w${index}`, { slots: size, weight: index + 1 }));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      for (let index = 0; index < 2 * total + ends.length; index++) {
        const task = {
          taskInstanceId: `t${index}` as TaskInstanceId,
          bus,
          group: 'default',
          type: 'shell',
          labels: {},
        };
        own.enqueue({
          ...task,
          runPriority: 'medium',
          taskPriority: 'medium',
          groupPriority: 0,
          firstSubmittedAt: 0,
          queuedAt: 0,
        });
      }
      const held = () => sizes.map((_, index) => ownLive.slotsUsed(`w${index}` as WorkerId));
      own.flush();
      expect(held()).toEqual(sizes);
      for (const end of ends) {
        const all = sizes.flatMap((_, index) => ownLive.ofWorker(`w${index}` as WorkerId));
        ownLive.remove(all[end % all.length]!.id);
        expect(own.flush()).toBe(1);
        expect(held()).toEqual(sizes);
      }
    }),
    { numRuns: 30 },
  );
});
