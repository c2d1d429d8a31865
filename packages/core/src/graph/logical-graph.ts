/**
 * The logical graph of a definition: tasks by index, edges both ways. Everything here is iterative and linear
 * in tasks + edges, so that a definition of ten thousand tasks is ordinary.
 */

import type { Scope } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { findCycles } from './cycles.ts';

export interface LogicalGraph {
  /** Task names in order of the definition; the index is the task's number everywhere in this graph. */
  readonly names: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly successors: readonly (readonly number[])[];
  readonly predecessors: readonly (readonly number[])[];
}

export interface GraphTask {
  readonly name: string;
  readonly dependsOn: readonly string[];
}

export interface GraphResult {
  readonly graph: LogicalGraph;
  /** Empty when the graph is sound. With problems the graph is only good for showing them. */
  readonly problems: readonly Problem[];
}

/** A search for the name that was meant costs a pass over all names; beyond this many the answer goes without. */
const MAX_SUGGESTIONS = 20;

/** Builds the graph and reports every problem at once: duplicate, unknown and repeated names, self-dependency, cycles. */
export function buildGraph(tasks: readonly GraphTask[]): GraphResult {
  const problems: Problem[] = [];
  const indexOf = indexNames(tasks, problems);
  const successors: number[][] = tasks.map(() => []);
  const predecessors: number[][] = tasks.map(() => []);
  let suggestions = 0;

  for (const [index, task] of tasks.entries()) {
    const seen = new Map<string, number>();
    for (const [position, name] of task.dependsOn.entries()) {
      const path = `tasks[${index}].dependsOn[${position}]`;
      const from = indexOf.get(name);
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        problems.push({ path, message: `"${name}" is named twice (also dependsOn[${earlier}]). Remove one.` });
        continue;
      }
      seen.set(name, position);
      if (name === task.name) {
        problems.push({ path, message: `"${name}" depends on itself. Remove this dependency.` });
      } else if (from === undefined) {
        const hint = suggestions++ < MAX_SUGGESTIONS ? didYouMean(name, indexOf.keys()) : '';
        problems.push({ path, message: `There is no task named "${name}" in this workflow.${hint}` });
      } else {
        successors[from]!.push(index);
        predecessors[index]!.push(from);
      }
    }
  }

  const graph: LogicalGraph = { names: tasks.map((task) => task.name), indexOf, successors, predecessors };
  for (const cycle of findCycles(graph)) {
    const last = cycle.at(-1)!;
    const position = tasks[cycle[0]!]!.dependsOn.indexOf(graph.names[last]!);
    const text = [...cycle, cycle[0]!].map((node) => graph.names[node]).join(' → ');
    problems.push({
      path: `tasks[${cycle[0]}].dependsOn[${position}]`,
      message: `These tasks wait for each other: ${text}. Remove one of these dependencies.`,
    });
  }
  return { graph, problems };
}

function indexNames(tasks: readonly GraphTask[], problems: Problem[]): Map<string, number> {
  const indexOf = new Map<string, number>();
  for (const [index, task] of tasks.entries()) {
    const first = indexOf.get(task.name);
    if (first === undefined) indexOf.set(task.name, index);
    else {
      problems.push({
        path: `tasks[${index}].name`,
        message: `The name "${task.name}" is already that of tasks[${first}]. Give each task its own name.`,
      });
    }
  }
  return indexOf;
}

/** Task numbers so that each comes after all its predecessors; ties in order of the definition. Tasks on or after a cycle are left out. */
export function topologicalOrder(graph: LogicalGraph): number[] {
  const waitingFor = graph.predecessors.map((before) => before.length);
  const order: number[] = [];
  for (const [node, count] of waitingFor.entries()) if (count === 0) order.push(node);
  for (let head = 0; head < order.length; head++) {
    for (const next of graph.successors[order[head]!]!) {
      waitingFor[next]! -= 1;
      if (waitingFor[next] === 0) order.push(next);
    }
  }
  return order;
}

/** The start tasks and everything before (`upstream`) or after (`downstream`) them. */
export function reach(
  graph: LogicalGraph,
  starts: Iterable<number>,
  direction: 'upstream' | 'downstream',
): Set<number> {
  const edges = direction === 'upstream' ? graph.predecessors : graph.successors;
  const reached = new Set(starts);
  // A Set is visited in order of insertion, also what is added on the way: it is its own queue.
  for (const node of reached) for (const next of edges[node]!) reached.add(next);
  return reached;
}

/**
 * The part of `graph` a run does: `all`, the start tasks and everything after (`downstream`) or before
 * (`upstream`), or the start tasks alone (`only`). No start tasks means all. Unknown names become problems
 * at `startTasks[i]`.
 */
export function selectScope(graph: LogicalGraph, startTasks: readonly string[], scope: Scope): GraphResult {
  const problems: Problem[] = [];
  const starts: number[] = [];
  for (const [position, name] of startTasks.entries()) {
    const node = graph.indexOf.get(name);
    if (node !== undefined) starts.push(node);
    else {
      const hint = problems.length < MAX_SUGGESTIONS ? didYouMean(name, graph.indexOf.keys()) : '';
      problems.push({
        path: `startTasks[${position}]`,
        message: `There is no task named "${name}" in this workflow.${hint}`,
      });
    }
  }
  if (startTasks.length === 0 || scope === 'all') return { graph, problems };
  const kept = scope === 'only' ? new Set(starts) : reach(graph, starts, scope);
  return { graph: narrow(graph, kept), problems };
}

function narrow(graph: LogicalGraph, kept: ReadonlySet<number>): LogicalGraph {
  const old = [...kept].sort((a, b) => a - b);
  const renumbered = new Map(old.map((node, index) => [node, index]));
  const inside = (nodes: readonly number[]): number[] =>
    nodes.flatMap((node) => {
      const index = renumbered.get(node);
      return index === undefined ? [] : [index];
    });
  const names = old.map((node) => graph.names[node]!);
  return {
    names,
    indexOf: new Map(names.map((name, index) => [name, index])),
    successors: old.map((node) => inside(graph.successors[node]!)),
    predecessors: old.map((node) => inside(graph.predecessors[node]!)),
  };
}
