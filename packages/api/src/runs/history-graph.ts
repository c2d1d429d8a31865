/** The states of a run's graph at a past moment, from what had been recorded by then. */
import {
  buildGraph,
  type LogicalGraph,
  type RunSnapshot,
  selectScope,
  type TaskSnapshot,
  topologicalOrder,
  type WorkflowDefinition,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { isoTime } from '../resources/paging.ts';
import type { NodeAt } from '../views/history.ts';
import type { NodeState } from '../views/instance.ts';

/** Which part of the graph a run does never changes, so it comes from the row of today. */
type RunScope = Pick<WorkflowInstanceRow, 'startTasks' | 'scope'>;

export function toNodesAt(definition: WorkflowDefinition, run: RunScope, snapshot: RunSnapshot): NodeAt[] {
  const { graph } = selectScope(buildGraph(definition.tasks).graph, run.startTasks, run.scope);
  const current = new Map(snapshot.tasks.filter((task) => task.current).map((task) => [task.name, task]));
  const states = deriveStates(graph, definition, snapshot, current);
  return graph.names.map((name, index) => {
    const task = current.get(name);
    return {
      name,
      state: states[index]!,
      since: task ? isoTime(task.since) : null,
      taskInstanceId: task?.id ?? null,
      attempt: task?.attempt ?? 0,
      worker: task?.worker ?? null,
    };
  });
}

/** One pass in topological order: what blocks a task is known before the task is looked at. */
function deriveStates(
  graph: LogicalGraph,
  definition: WorkflowDefinition,
  { passedOver }: RunSnapshot,
  current: ReadonlyMap<string, TaskSnapshot>,
): readonly NodeState[] {
  const definitions = new Map(definition.tasks.map((task) => [task.name, task]));
  const states: NodeState[] = [];
  /** Disabled tasks that what is before them holds back: they let nothing through. */
  const blockedDisabled = new Set<number>();
  for (const index of topologicalOrder(graph)) {
    const { name, type, enabled } = definitions.get(graph.names[index]!)!;
    // A conditions task waits for no success; but what never starts never ends for it either.
    const catches = type === 'conditions' && enabled;
    const isHeldBack = graph.predecessors[index]!.some((before) => {
      const state = states[before]!;
      return (
        state === 'blocked' || blockedDisabled.has(before) || (!catches && (state === 'failure' || state === 'killed'))
      );
    });
    const known = current.get(name)?.state ?? passedOver.get(name);
    states[index] = known ?? (enabled ? (isHeldBack ? 'blocked' : 'pending') : 'disabled');
    if (known === undefined && !enabled && isHeldBack) blockedDisabled.add(index);
  }
  return states;
}
