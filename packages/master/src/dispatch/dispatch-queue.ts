/**
 * Tasks that wait for a worker: a queue per worker group and task type, so that neither a group without workers nor a
 * type that nobody there can run blocks anything else. Order: run priority, task priority, first submit time, arrival.
 */
import { PRIORITIES, type Priority, type TaskInstanceId } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import { createHeap, type Heap } from '../timers/heap.ts';

export interface QueuedTask {
  readonly taskInstanceId: TaskInstanceId;
  readonly bus: RunBus;
  readonly group: string;
  readonly type: string;
  readonly runPriority: Priority;
  readonly taskPriority: Priority;
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
  readonly size: number;
}

export function createDispatchQueue(): DispatchQueue {
  const live = new Map<TaskInstanceId, Entry>();
  const groups = new Map<string, Map<string, LaneState>>();
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

  return {
    push(task) {
      order += 1;
      const entry: Entry = { ...task, order, rank: rankOf(task) };
      live.set(task.taskInstanceId, entry);
      laneOf(task.group, task.type).heap.push(entry);
    },
    remove(id) {
      live.delete(id);
    },
    removeRun(bus) {
      for (const entry of [...live.values()]) if (entry.bus === bus) live.delete(entry.taskInstanceId);
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
      live.delete(entry.taskInstanceId);
      return entry;
    },
    has: (id) => live.has(id),
    waiting: () => live.values(),
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
  if (a.firstSubmittedAt !== b.firstSubmittedAt) return a.firstSubmittedAt < b.firstSubmittedAt;
  return a.order < b.order;
}
