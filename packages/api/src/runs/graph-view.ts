/** The execution graph of a run with the state of each task, also of those that have no task instance. */
import {
  type Run,
  type RunNode,
  rebuildRun,
  type TaskInstanceRow,
  type WorkflowDefinition,
  type WorkflowInstanceRow,
} from '@vaquita/core';
import { isoTimeOrNull } from '../resources/paging.ts';
import type { GraphNode, GraphView, NodeState } from '../views/instance.ts';
import { findHeldBack } from './held-back.ts';

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

function deriveStates({ graph, nodes }: Run): readonly NodeState[] {
  const heldBack = findHeldBack(graph, (index) => {
    const { task, current, outcome } = nodes[index]!;
    const isBroken = current?.state === 'failure' || current?.state === 'killed';
    return { task, state: isBroken ? 'broken' : !current && outcome === 'pending' ? 'open' : 'other' };
  });
  return nodes.map((node) => stateOf(node, heldBack.has(node.index)));
}

function stateOf({ current, task, outcome }: RunNode, isHeldBack: boolean): NodeState {
  if (current) return current.state;
  if (outcome === 'skipped') return 'skipped';
  if (!task.enabled) return 'disabled';
  return isHeldBack ? 'blocked' : 'pending';
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
