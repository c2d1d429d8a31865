/** Finds the cycles of a directed graph without recursion: one witness per strongly connected component. */

interface Edges {
  readonly successors: readonly (readonly number[])[];
}

/** One shortest cycle through the lowest-numbered node of each component, in order of that node. */
export function findCycles(graph: Edges): number[][] {
  const cycles: number[][] = [];
  for (const component of stronglyConnected(graph)) {
    if (component.length > 1) cycles.push(cycleWithin(graph, component));
  }
  return cycles.sort((a, b) => a[0]! - b[0]!);
}

/** Tarjan's algorithm with an explicit stack. Self-loops are the caller's: a single node is no cycle here. */
function stronglyConnected({ successors }: Edges): number[][] {
  const count = successors.length;
  const order = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const nextEdge = new Int32Array(count);
  const open = new Uint8Array(count);
  const pending: number[] = [];
  const components: number[][] = [];
  let visited = 0;

  function enter(node: number, path: number[]): void {
    order[node] = low[node] = visited++;
    open[node] = 1;
    pending.push(node);
    path.push(node);
  }

  function close(root: number): void {
    const component: number[] = [];
    for (;;) {
      const node = pending.pop()!;
      open[node] = 0;
      component.push(node);
      if (node === root) break;
    }
    components.push(component);
  }

  for (let start = 0; start < count; start++) {
    if (order[start] !== -1) continue;
    const path: number[] = [];
    enter(start, path);
    while (path.length > 0) {
      const node = path.at(-1)!;
      const edges = successors[node]!;
      if (nextEdge[node]! < edges.length) {
        const next = edges[nextEdge[node]!++]!;
        if (order[next] === -1) enter(next, path);
        else if (open[next] === 1) low[node] = Math.min(low[node]!, order[next]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
      if (low[node] === order[node]) close(node);
    }
  }
  return components;
}

/** Breadth-first from the lowest node back to itself, staying inside its component. */
function cycleWithin({ successors }: Edges, component: readonly number[]): number[] {
  const inside = new Set(component);
  const start = component.reduce((least, node) => Math.min(least, node));
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head]!;
    for (const next of successors[node]!) {
      if (next === start) return pathBack(cameFrom, start, node);
      if (!inside.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  throw new Error('a strongly connected component without a cycle');
}

function pathBack(cameFrom: ReadonlyMap<number, number>, start: number, end: number): number[] {
  const path: number[] = [];
  for (let node = end; node !== start; node = cameFrom.get(node)!) path.push(node);
  path.push(start);
  return path.reverse();
}
