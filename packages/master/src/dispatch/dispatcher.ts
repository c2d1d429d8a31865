/**
 * Brings queued tasks and free slots together. Placing a task reserves its slot and tells the run's bus; what is sent
 * to the worker follows from the bus's commit, never from here (P1).
 *
 * A look at the queue costs what it places: lanes for which nobody is free are not looked at, nor are workers that are full.
 */
import type { Clock, Epoch, IdSource } from '@vaquita/core';
import { createDispatchQueue, type DispatchQueue, type Lane, type QueuedTask } from './dispatch-queue.ts';
import type { LiveDispatches } from './live-dispatches.ts';
import { type WhyNobody, whyNobody } from './why-nobody.ts';
import type { Choice } from './worker-group.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface Dispatcher {
  readonly queue: DispatchQueue;
  /** Queues a task, unless it is queued already. */
  enqueue(task: QueuedTask): void;
  /** Places as many queued tasks as there are free slots. Returns how many. */
  flush(): number;
  /**
   * Tells the runs of tasks that have waited for `afterMs` whether any connected worker could take them, once free.
   * Told when it changes, so that what a waiting task says of itself stays true.
   */
  notePlaceable(afterMs: number): void;
  /** A task with a slot free for it, which the next `flush` would place. `placed`: how many have been placed so far. */
  placeable(): { readonly task: QueuedTask; readonly placed: number } | undefined;
}

export interface DispatcherDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly epoch: Epoch;
  readonly live: LiveDispatches;
  readonly pool: WorkerPool;
}

export function createDispatcher({ clock, ids, epoch, live, pool }: DispatcherDeps): Dispatcher {
  const queue = createDispatchQueue();
  let placedSoFar = 0;
  /** Tasks that were told that nobody can take them. */
  const unplaceable = new WeakMap<Lane, Set<QueuedTask>>();

  const choiceFor = ({ key, demand }: Lane) => pool.choiceFor(key, demand);

  /** Lanes that somebody is free for, found from the shorter side. */
  function readyLanes(): Set<Lane> {
    const ready = new Set<Lane>();
    if (pool.open.size < queue.laneCount) {
      for (const { key } of pool.open) {
        const lane = queue.lane(key);
        if (lane) ready.add(lane);
      }
    } else {
      for (const lane of queue.lanes()) if (choiceFor(lane).free > 0) ready.add(lane);
    }
    return ready;
  }

  function place(lane: Lane): boolean {
    const worker = choiceFor(lane).choose()?.worker;
    if (!worker) return false;
    const task = queue.take(lane)!;
    placedSoFar += 1;
    const dispatchId = ids.next<'dispatch'>();
    live.add({ id: dispatchId, taskInstanceId: task.taskInstanceId, workerId: worker.id, bus: task.bus });
    task.bus.post({
      type: 'TaskPlaced',
      taskInstanceId: task.taskInstanceId,
      dispatchId,
      workerId: worker.id,
      workerName: worker.name,
      epoch,
    });
    return true;
  }

  function tellPlaceable(lane: Lane): void {
    for (const task of unplaceable.get(lane) ?? []) {
      if (lane.tasks.has(task)) {
        const evidence = {};
        task.bus.post({ type: 'TaskPlaceable', taskInstanceId: task.taskInstanceId, worker: true, text: '', evidence });
      }
    }
    unplaceable.delete(lane);
  }

  function tellUnplaceable(lane: Lane, choice: Choice, queuedBefore: number): void {
    const told = unplaceable.get(lane) ?? new Set();
    unplaceable.set(lane, told);
    let why: WhyNobody | undefined;
    for (const task of lane.tasks) {
      if (task.queuedAt > queuedBefore || told.has(task)) continue;
      told.add(task);
      why ??= whyNobody(choice);
      task.bus.post({ type: 'TaskPlaceable', taskInstanceId: task.taskInstanceId, worker: false, ...why });
    }
  }

  return {
    queue,
    enqueue(task) {
      if (queue.has(task.taskInstanceId)) return;
      const lane = queue.push(task);
      if (lane.tasks.size > 1) return;
      choiceFor(lane);
      pool.forgetIdle((key) => queue.lane(key) === undefined);
    },
    flush() {
      let placed = 0;
      const ready = readyLanes();
      for (let lane = queue.first(ready); lane; lane = queue.first(ready)) {
        if (place(lane)) placed += 1;
        if (lane.tasks.size === 0 || choiceFor(lane).free === 0) ready.delete(lane);
      }
      return placed;
    },
    placeable() {
      const [task] = queue.first(readyLanes())?.tasks ?? [];
      return task && { task, placed: placedSoFar };
    },
    notePlaceable(afterMs) {
      const before = clock.now() - afterMs;
      for (const lane of queue.lanes()) {
        const choice = choiceFor(lane);
        if (choice.able.size > 0) tellPlaceable(lane);
        else tellUnplaceable(lane, choice, before);
      }
    },
  };
}
