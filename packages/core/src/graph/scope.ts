/** Narrows a logical graph to what a run will do. Edges to tasks outside the scope fall away. */

import type { Scope } from '../definition/definition.ts';
import type { Problem } from '../errors/app-error.ts';
import { didYouMean } from '../errors/did-you-mean.ts';
import { type GraphResult, type LogicalGraph, reach } from './logical-graph.ts';

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
      const hint = didYouMean(name, graph.indexOf.keys());
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
