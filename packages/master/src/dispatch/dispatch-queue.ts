/**
 * Tasks that wait for a worker: a lane for each thing that tasks ask of their worker (group, type, labels), so that
 * nothing waits behind a task that nobody there can run. Order: run priority, task priority, priority in the
 * task group (higher first), first submit time, arrival.
 */
import { PRIORITIES, type Priority, type ProjectId, type TaskInstanceId } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import { createHeap, type Heap } from '../timers/heap.ts';
import { type Demand, demandKey } from './demand.ts';

export interface QueuedTask extends Demand {
  readonly taskInstanceId: TaskInstanceId;
  readonly bus: RunBus;
  readonly runPriority: Priority;
  readonly taskPriority: Priority;
  /** Among tasks of equal priority: higher first. */
  readonly groupPriority: number;
  readonly firstSubmittedAt: number;
  readonly queuedAt: number;
}

interface Entry extends QueuedTask {
  readonly lane: LaneState;
  readonly rank: number;
  readonly order: number;
}

/** Tasks that ask the same. Never empty. */
export interface Lane {
  readonly key: string;
  readonly demand: Demand;
  readonly tasks: ReadonlySet<QueuedTask>;
}

interface LaneState extends Lane {
  readonly tasks: Set<Entry>;
  /** Also of some tasks that have been taken out since. */
  heap: Heap<Entry>;
}

export interface DispatchQueue {
  /** @returns the lane in which the task waits now. */
  push(task: QueuedTask): Lane;
  /** Takes a task out again, wherever it stands. */
  remove(id: TaskInstanceId): void;
  removeRun(bus: RunBus): void;
  lane(key: string): Lane | undefined;
  lanes(): IterableIterator<Lane>;
  readonly laneCount: number;
  take(lane: Lane): QueuedTask | undefined;
  /** The lane whose first task goes before those of the others given. */
  first(lanes: Iterable<Lane>): Lane | undefined;
  has(id: TaskInstanceId): boolean;
  all(): IterableIterator<QueuedTask>;
  sizeOf(project: ProjectId): number;
  readonly size: number;
}

/** A lane that nobody serves is cleared of tasks that were taken out of it when there are more of them. */
const MANY_LEFT_OVER = 64;

export function createDispatchQueue(): DispatchQueue {
  const live = new Map<TaskInstanceId, Entry>();
  const lanes = new Map<string, LaneState>();
  const runs = new Map<RunBus, Set<TaskInstanceId>>();
  const projects = new Map<ProjectId, Set<TaskInstanceId>>();
  let order = 0;

  function laneOf(demand: Demand): LaneState {
    const key = demandKey(demand);
    let lane = lanes.get(key);
    if (!lane) {
      const { group, type, labels } = demand;
      lane = { key, demand: { group, type, labels }, tasks: new Set(), heap: createHeap<Entry>(comesBefore) };
      lanes.set(key, lane);
    }
    return lane;
  }

  function head({ tasks, heap }: LaneState): Entry | undefined {
    for (;;) {
      const top = heap.peek();
      if (!top || tasks.has(top)) return top;
      heap.pop();
    }
  }

  function leaveLane(entry: Entry): void {
    const { lane } = entry;
    lane.tasks.delete(entry);
    if (lane.tasks.size === 0) lanes.delete(lane.key);
    else if (lane.heap.size > MANY_LEFT_OVER + 2 * lane.tasks.size) {
      lane.heap = createHeap<Entry>(comesBefore);
      for (const task of lane.tasks) lane.heap.push(task);
    }
  }

  function remove(id: TaskInstanceId): void {
    const entry = live.get(id);
    if (!entry) return;
    live.delete(id);
    leaveLane(entry);
    takeFrom(runs, entry.bus, id);
    takeFrom(projects, entry.bus.run.instance.projectId, id);
  }

  return {
    push(task) {
      order += 1;
      remove(task.taskInstanceId);
      const lane = laneOf(task);
      const entry: Entry = { ...task, lane, order, rank: rankOf(task) };
      live.set(task.taskInstanceId, entry);
      addTo(runs, task.bus, task.taskInstanceId);
      addTo(projects, task.bus.run.instance.projectId, task.taskInstanceId);
      lane.tasks.add(entry);
      lane.heap.push(entry);
      return lane;
    },
    remove,
    removeRun(bus) {
      for (const id of [...(runs.get(bus) ?? [])]) remove(id);
    },
    lane: (key) => lanes.get(key),
    lanes: () => lanes.values(),
    get laneCount() {
      return lanes.size;
    },
    take(lane) {
      const entry = head(lane as LaneState);
      if (!entry) return undefined;
      remove(entry.taskInstanceId);
      return entry;
    },
    first(given) {
      let best: Lane | undefined;
      let bestHead: Entry | undefined;
      for (const lane of given) {
        const first = head(lane as LaneState);
        if (!first || (bestHead && !comesBefore(first, bestHead))) continue;
        best = lane;
        bestHead = first;
      }
      return best;
    },
    has: (id) => live.has(id),
    all: () => live.values(),
    sizeOf: (project) => projects.get(project)?.size ?? 0,
    get size() {
      return live.size;
    },
  };
}

function rankOf(task: QueuedTask): number {
  return PRIORITIES.indexOf(task.runPriority) * PRIORITIES.length + PRIORITIES.indexOf(task.taskPriority);
}

function comesBefore(a: Entry, b: Entry): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank;
  if (a.groupPriority !== b.groupPriority) return a.groupPriority > b.groupPriority;
  if (a.firstSubmittedAt !== b.firstSubmittedAt) return a.firstSubmittedAt < b.firstSubmittedAt;
  return a.order < b.order;
}

function addTo<K>(index: Map<K, Set<TaskInstanceId>>, key: K, id: TaskInstanceId): void {
  const ids = index.get(key);
  if (ids) ids.add(id);
  else index.set(key, new Set([id]));
}

function takeFrom<K>(index: Map<K, Set<TaskInstanceId>>, key: K, id: TaskInstanceId): void {
  const ids = index.get(key);
  if (ids?.delete(id) && ids.size === 0) index.delete(key);
}
