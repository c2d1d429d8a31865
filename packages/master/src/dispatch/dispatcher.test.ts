import {
  createIdSource,
  type LifecycleEvent,
  type Priority,
  type ProjectId,
  type TaskInstanceId,
  type WorkerId,
} from '@vaquita/core';
import { createManualClock, createSeededRandom } from '@vaquita/core/testing';
import { beforeEach, expect, test } from 'vitest';
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
  pool = createWorkerPool(live);
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
    slots: 1,
    taskTypes: new Set(['shell', 'noop']),
    sessionTimeoutMs: 30_000,
    send: () => 'queued',
    close: () => {},
    ...more,
  };
}

interface Queued {
  readonly group?: string;
  readonly type?: string;
  readonly run?: Priority;
  readonly task?: Priority;
  readonly inGroup?: number;
  readonly at?: number;
  readonly bus?: RunBus;
}

function queue(id: string, more: Queued = {}) {
  dispatcher.queue.push({
    taskInstanceId: id as TaskInstanceId,
    bus: more.bus ?? bus,
    group: more.group ?? 'default',
    type: more.type ?? 'shell',
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
  pool.join(worker('full', { groups: ['gpu'], slots: 0 }));
  dispatcher.notePlaceable(1_000);
  dispatcher.notePlaceable(1_000);
  expect(posted.slice(1)).toEqual([expect.objectContaining({ type: 'TaskPlaceable', worker: true })]);
});
