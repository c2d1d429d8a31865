/** The execution graph of a run with the state of each task, also of those that have no task instance. */
import {
  buildGraph,
  isWorkflowTerminal,
  type LogicalGraph,
  selectScope,
  type TaskDefinition,
  type TaskInstanceRow,
  type TaskState,
  topologicalOrder,
  type WorkflowDefinition,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { isoTimeOrNull } from '../resources/paging.ts';
import type { GraphNode, GraphView, NodeState } from '../views/instance.ts';

/** Ends after which nothing that depends on the task will start. */
const BROKEN: ReadonlySet<NodeState> = new Set<NodeState>(['failure', 'killed', 'blocked']);

export function toGraphView(
  definition: WorkflowDefinition,
  instance: WorkflowInstanceRow,
  tasks: readonly TaskInstanceRow[],
): GraphView {
  const { graph } = selectScope(buildGraph(definition.tasks).graph, instance.startTasks, instance.scope);
  const definitions = new Map(definition.tasks.map((task) => [task.name, task]));
  const current = new Map(tasks.filter((row) => row.current).map((row) => [row.name, row]));
  const states = deriveStates(graph, { definitions, current, ended: isWorkflowTerminal(instance.state) });
  return {
    workflowInstanceId: instance.id,
    state: instance.state,
    nodes: graph.names.map((name, index) => toNode(definitions.get(name)!, current.get(name), states[index]!)),
    edges: graph.successors.flatMap((successors, from) =>
      successors.map((to) => ({ from: graph.names[from]!, to: graph.names[to]! })),
    ),
  };
}

interface Known {
  readonly definitions: ReadonlyMap<string, TaskDefinition>;
  readonly current: ReadonlyMap<string, TaskInstanceRow>;
  readonly ended: boolean;
}

/** One pass in topological order: what blocks a task is known before the task is looked at. */
function deriveStates(graph: LogicalGraph, known: Known): readonly NodeState[] {
  const states: NodeState[] = [];
  /** A disabled task lets through what is before it, so it also passes a failure on. */
  const broken: boolean[] = [];
  for (const index of topologicalOrder(graph)) {
    const name = graph.names[index]!;
    const row = known.current.get(name);
    const isAfterBroken = graph.predecessors[index]!.some((before) => broken[before]);
    let state: NodeState;
    if (row) state = row.state;
    else if (known.definitions.get(name)?.enabled === false) state = 'disabled';
    else if (isAfterBroken) state = 'blocked';
    else state = known.ended ? 'skipped' : 'waiting';
    states[index] = state;
    broken[index] = BROKEN.has(state) || (state === 'disabled' && isAfterBroken);
  }
  return states;
}

function toNode(task: TaskDefinition, row: TaskInstanceRow | undefined, state: TaskState | NodeState): GraphNode {
  return {
    name: task.name,
    type: task.type,
    description: task.description,
    state,
    taskInstanceId: row?.id ?? null,
    attempt: row?.attempt ?? 0,
    retryTimes: row?.retryTimes ?? 0,
    worker: row?.workerName ?? null,
    startedAt: isoTimeOrNull(row?.startedAt),
    endedAt: isoTimeOrNull(row?.endedAt),
  };
}
