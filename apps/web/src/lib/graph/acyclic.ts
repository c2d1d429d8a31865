/** Adjacency of a graph without doubled, unknown or cycle-closing edges, and a topological order that keeps input order. */
import type { GraphNode } from './layout.ts';

export interface AcyclicGraph {
  readonly after: readonly number[][];
  readonly before: readonly number[][];
  /** Every node index once, each after all it depends on. */
  readonly order: readonly number[];
}

export function breakCycles(input: readonly GraphNode[]): AcyclicGraph {
  const index = new Map(input.map((node, at) => [node.id, at]));
  const wanted = input.map((node, at) => {
    const parents = new Set<number>();
    for (const id of node.dependsOn) {
      const parent = index.get(id);
      if (parent !== undefined && parent !== at) parents.add(parent);
    }
    return [...parents];
  });
  const before: number[][] = input.map(() => []);
  const after: number[][] = input.map(() => []);
  const order: number[] = [];
  // 0 new, 1 on the path, 2 done. Depth first over parents, with an own stack: a chain of 5,000 tasks is normal.
  const mark = new Uint8Array(input.length);
  const stack: { node: number; next: number }[] = [];
  for (let root = 0; root < input.length; root++) {
    if (mark[root] !== 0) continue;
    mark[root] = 1;
    stack.push({ node: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const parents = wanted[top.node]!;
      if (top.next === parents.length) {
        mark[top.node] = 2;
        order.push(top.node);
        stack.pop();
        continue;
      }
      const parent = parents[top.next++]!;
      if (mark[parent] === 1) continue;
      before[top.node]!.push(parent);
      after[parent]!.push(top.node);
      if (mark[parent] === 0) {
        mark[parent] = 1;
        stack.push({ node: parent, next: 0 });
      }
    }
  }
  return { after, before, order };
}

/** Node ids in an order in which each follows what it depends on: how the keyboard walks the graph. */
export function topologicalIds(input: readonly GraphNode[]): string[] {
  return breakCycles(input).order.map((index) => input[index]!.id);
}
