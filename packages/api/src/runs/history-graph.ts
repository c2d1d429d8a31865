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
  /** Nothing after it starts. A disabled task lets through what is before it, so it also passes a failure on. */
  const broken: boolean[] = [];
  for (const index of topologicalOrder(graph)) {
    const name = graph.names[index]!;
    const { type, enabled } = definitions.get(name)!;
    const isCatching = type === 'conditions' && enabled;
    const afterBroken = !isCatching && graph.predecessors[index]!.some((before) => broken[before]);
    const state = current.get(name)?.state ?? passedOver.get(name);
    states[index] = state ?? (enabled ? (afterBroken ? 'blocked' : 'pending') : 'disabled');
    broken[index] =
      state === undefined ? afterBroken : ['failure', 'killed', 'need_fault_tolerance'].includes(state);
  }
  return states;
}
