/**
 * Brings queued tasks and free slots together. Placing a task reserves its slot and tells the run's bus; what is sent
 * to the worker follows from the bus's commit, never from here (P1).
 */
import type { Clock, Epoch, IdSource } from '@vaquita/core';
import { createDispatchQueue, type DispatchQueue, firstLane, type QueuedTask } from './dispatch-queue.ts';
import type { LiveDispatches } from './live-dispatches.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface Dispatcher {
  readonly queue: DispatchQueue;
  /** Places as many queued tasks as there are free slots. Returns how many. */
  flush(): number;
  /**
   * Tells the runs of tasks that have waited for `afterMs` whether any connected worker could take them, once free.
   * Told when it changes, so that what a waiting task says of itself stays true.
   */
  notePlaceable(afterMs: number): void;
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
  const unplaceable = new WeakSet<QueuedTask>();

  function flushGroup(group: string): number {
    let placed = 0;
    for (let lanes = queue.lanes(group); lanes.length > 0; ) {
      const lane = firstLane(lanes);
      if (!lane) break;
      const worker = pool.nextFree(group, lane.type);
      if (!worker) {
        lanes = lanes.filter((other) => other !== lane);
        continue;
      }
      const task = queue.take(lane)!;
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
      placed += 1;
    }
    return placed;
  }

  return {
    queue,
    flush() {
      let placed = 0;
      for (const group of queue.groups()) placed += flushGroup(group);
      return placed;
    },
    notePlaceable(afterMs) {
      const before = clock.now() - afterMs;
      for (const task of queue.waiting()) {
        if (task.queuedAt > before) continue;
        const worker = pool.canRun(task.group, task.type);
        if (worker === !unplaceable.has(task)) continue;
        if (worker) unplaceable.delete(task);
        else unplaceable.add(task);
        task.bus.post({
          type: 'TaskPlaceable',
          taskInstanceId: task.taskInstanceId,
          worker,
          text: `No connected worker of group "${task.group}" can run tasks of type "${task.type}".`,
        });
      }
    },
  };
}
