/** The execution graph of a run with the state of each task, also of those that have no task instance. */
import {
  type Run,
  type RunNode,
  rebuildRun,
  type TaskInstanceRow,
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
  // What was skipped follows from the rows; the engine's own reading of them is the only one there is.
  const run = rebuildRun(definition, { projectName: '', projectParams: {}, instance, tasks, outbox: [] });
  const { graph, nodes } = run;
  const states = deriveStates(run);
  return {
    workflowInstanceId: instance.id,
    state: instance.state,
    nodes: nodes.map((node) => toNode(node, states[node.index]!)),
    edges: graph.successors.flatMap((successors, from) =>
      successors.map((to) => ({ from: graph.names[from]!, to: graph.names[to]! })),
    ),
  };
}

/** One pass in topological order: what blocks a task is known before the task is looked at. */
function deriveStates({ graph, nodes }: Run): readonly NodeState[] {
  const states: NodeState[] = [];
  /** A disabled task lets through what is before it, so it also passes a failure on. */
  const broken: boolean[] = [];
  for (const index of topologicalOrder(graph)) {
    const node = nodes[index]!;
    const isAfterBroken =
      node.task.type !== 'conditions' && graph.predecessors[index]!.some((before) => broken[before]);
    states[index] = stateOf(node, isAfterBroken);
    broken[index] = BROKEN.has(states[index]!) || (states[index] === 'disabled' && isAfterBroken);
  }
  return states;
}

function stateOf({ current, task, outcome }: RunNode, isAfterBroken: boolean): NodeState {
  if (current) return current.state;
  if (outcome === 'skipped') return 'skipped';
  if (!task.enabled) return 'disabled';
  return isAfterBroken ? 'blocked' : 'pending';
}

function toNode({ task, current }: RunNode, state: NodeState): GraphNode {
  return {
    name: task.name,
    type: task.type,
    description: task.description,
    state,
    taskInstanceId: current?.id ?? null,
    attempt: current?.attempt ?? 0,
    retryTimes: current?.retryTimes ?? 0,
    worker: current?.workerName ?? null,
    startedAt: isoTimeOrNull(current?.startedAt),
    endedAt: isoTimeOrNull(current?.endedAt),
  };
}
