/** Which tasks of a graph cannot start because of what ended before them. */
import { type LogicalGraph, type TaskDefinition, topologicalOrder } from '@vaquita/core';

export interface GraphTaskState {
  readonly task: Pick<TaskDefinition, 'type' | 'enabled'>;
  /** `broken`: failed or killed; `open`: nothing has become of it yet; `other`: it goes on, or has been gone past. */
  readonly state: 'broken' | 'open' | 'other';
}

/** Indexes of the open tasks that are held back, switched-off ones too: these let nothing through either. One pass. */
export function findHeldBack(graph: LogicalGraph, stateOf: (index: number) => GraphTaskState): ReadonlySet<number> {
  const heldBack = new Set<number>();
  for (const index of topologicalOrder(graph)) {
    const { task, state } = stateOf(index);
    if (state !== 'open') continue;
    // A conditions task waits for no success; but what never starts never ends for it either.
    const catches = task.type === 'conditions' && task.enabled;
    const isHeldBack = graph.predecessors[index]!.some(
      (before) => heldBack.has(before) || (!catches && stateOf(before).state === 'broken'),
    );
    if (isHeldBack) heldBack.add(index);
  }
  return heldBack;
}
