/**
 * Tasks that wait for a worker: a queue per worker group and task type, so that neither a group without workers nor a
 * type that nobody there can run blocks anything else. Order: run priority, task priority, priority in the
 * task group (higher first), first submit time, arrival.
 */
import { PRIORITIES, type Priority, type ProjectId, type TaskInstanceId } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import { createHeap, type Heap } from '../timers/heap.ts';

export interface QueuedTask {
  readonly taskInstanceId: TaskInstanceId;
  readonly bus: RunBus;
  readonly group: string;
  readonly type: string;
  readonly runPriority: Priority;
  readonly taskPriority: Priority;
  /** Among tasks of equal priority: higher first. */
  readonly groupPriority: number;
  readonly firstSubmittedAt: number;
  readonly queuedAt: number;
}

interface Entry extends QueuedTask {
  readonly rank: number;
  readonly order: number;
}

export interface Lane {
  readonly group: string;
  readonly type: string;
  /** The first task of the lane, or undefined when it is empty. */
  head(): Entry | undefined;
}

export interface DispatchQueue {
  push(task: QueuedTask): void;
  /** Takes a task out again, wherever it stands. */
  remove(id: TaskInstanceId): void;
  removeRun(bus: RunBus): void;
  /** Lanes that hold tasks, of one group. */
  lanes(group: string): readonly Lane[];
  groups(): readonly string[];
  take(lane: Lane): QueuedTask | undefined;
  has(id: TaskInstanceId): boolean;
  waiting(): IterableIterator<QueuedTask>;
  sizeOf(project: ProjectId): number;
  readonly size: number;
}

export function createDispatchQueue(): DispatchQueue {
  const live = new Map<TaskInstanceId, Entry>();
  const groups = new Map<string, Map<string, LaneState>>();
  const runs = new Map<RunBus, Set<TaskInstanceId>>();
  const projects = new Map<ProjectId, Set<TaskInstanceId>>();
  let order = 0;

  interface LaneState extends Lane {
    readonly heap: Heap<Entry>;
  }

  function laneOf(group: string, type: string): LaneState {
    let lanes = groups.get(group);
    if (!lanes) {
      lanes = new Map();
      groups.set(group, lanes);
    }
    let lane = lanes.get(type);
    if (!lane) {
      const heap = createHeap<Entry>(comesBefore);
      lane = { group, type, heap, head: () => firstLive(heap) };
      lanes.set(type, lane);
    }
    return lane;
  }

  function firstLive(heap: Heap<Entry>): Entry | undefined {
    for (;;) {
      const top = heap.peek();
      if (!top || live.get(top.taskInstanceId) === top) return top;
      heap.pop();
    }
  }

  function remove(id: TaskInstanceId): void {
    const entry = live.get(id);
    if (!entry) return;
    live.delete(id);
    takeFrom(runs, entry.bus, id);
    takeFrom(projects, entry.bus.run.instance.projectId, id);
  }

  return {
    push(task) {
      order += 1;
      const entry: Entry = { ...task, order, rank: rankOf(task) };
      live.set(task.taskInstanceId, entry);
      addTo(runs, task.bus, task.taskInstanceId);
      addTo(projects, task.bus.run.instance.projectId, task.taskInstanceId);
      laneOf(task.group, task.type).heap.push(entry);
    },
    remove,
    removeRun(bus) {
      for (const id of [...(runs.get(bus) ?? [])]) remove(id);
    },
    lanes(group) {
      const lanes = groups.get(group);
      if (!lanes) return [];
      for (const [type, lane] of lanes) if (!lane.head()) lanes.delete(type);
      if (lanes.size === 0) groups.delete(group);
      return [...lanes.values()];
    },
    groups: () => [...groups.keys()],
    take(lane) {
      const entry = lane.head();
      if (!entry) return undefined;
      remove(entry.taskInstanceId);
      return entry;
    },
    has: (id) => live.has(id),
    waiting: () => live.values(),
    sizeOf: (project) => projects.get(project)?.size ?? 0,
    get size() {
      return live.size;
    },
  };
}

/** The lane whose head goes first, of those given. */
export function firstLane(lanes: readonly Lane[]): Lane | undefined {
  let best: Lane | undefined;
  let bestHead: Entry | undefined;
  for (const lane of lanes) {
    const head = lane.head();
    if (head && (!bestHead || comesBefore(head, bestHead))) {
      best = lane;
      bestHead = head;
    }
  }
  return best;
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
