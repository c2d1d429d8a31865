/** The states of a run's graph at a past moment, from what had been recorded by then. */
import {
  buildGraph,
  type LogicalGraph,
  type RunSnapshot,
  selectScope,
  type TaskSnapshot,
  type WorkflowDefinition,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { isoTime } from '../resources/paging.ts';
import type { NodeAt } from '../views/history.ts';
import type { NodeState } from '../views/instance.ts';
import { findHeldBack } from './held-back.ts';

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

function deriveStates(
  graph: LogicalGraph,
  definition: WorkflowDefinition,
  { passedOver }: RunSnapshot,
  current: ReadonlyMap<string, TaskSnapshot>,
): readonly NodeState[] {
  const definitions = new Map(definition.tasks.map((task) => [task.name, task]));
  const known = graph.names.map((name): NodeState | undefined => current.get(name)?.state ?? passedOver.get(name));
  const tasks = graph.names.map((name) => definitions.get(name)!);
  const heldBack = findHeldBack(graph, (index) => {
    const state = known[index];
    const isBroken = state === 'failure' || state === 'killed';
    return { task: tasks[index]!, state: isBroken ? 'broken' : state === undefined ? 'open' : 'other' };
  });
  return tasks.map(({ enabled }, index) => {
    if (known[index] !== undefined) return known[index];
    if (!enabled) return 'disabled';
    return heldBack.has(index) ? 'blocked' : 'pending';
  });
}
