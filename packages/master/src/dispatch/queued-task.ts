import type { TaskInstanceId } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';
import type { QueuedTask } from './dispatch-queue.ts';

/** What the queue has to know of a task of a run; undefined when that task instance is not the current one any more. */
export function queuedTaskOf(bus: RunBus, id: TaskInstanceId, now: number): QueuedTask | undefined {
  const node = bus.run.nodeOf.get(id);
  const row = node?.current;
  if (!row) return undefined;
  return {
    taskInstanceId: row.id,
    bus,
    group: row.workerGroup,
    type: row.type,
    labels: node.task.workerLabels,
    runPriority: bus.run.instance.priority,
    taskPriority: row.priority,
    groupPriority: row.groupPriority,
    firstSubmittedAt: row.firstSubmittedAt,
    queuedAt: now,
  };
}
