import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topologicalIds } from './acyclic.ts';
import { DEFAULT_LAYOUT, type GraphNode, layoutGraph } from './layout.ts';
import { neighbour } from './picture.ts';

const anyGraph = fc
  .array(fc.array(fc.nat({ max: 60 }), { maxLength: 4 }), { maxLength: 60 })
  .map((rows): GraphNode[] => rows.map((deps, i) => ({ id: `t${i}`, dependsOn: deps.map((d) => `t${d}`) })));

const anyDag = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 80 })
  .map((rows): GraphNode[] =>
    rows.map((deps, i) => ({ id: `t${i}`, dependsOn: i === 0 ? [] : deps.map((d) => `t${d % i}`) })),
  );

describe('layoutGraph', () => {
  it('never lets two nodes overlap, whatever the graph', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const { nodes } = layoutGraph(graph);
        const columns = Map.groupBy(nodes, (node) => node.x);
        for (const column of columns.values()) {
          const ys = column.map((node) => node.y).sort((a, b) => a - b);
          for (let i = 1; i < ys.length; i++) {
            expect(ys[i]! - ys[i - 1]!).toBeGreaterThanOrEqual(DEFAULT_LAYOUT.nodeHeight);
          }
        }
      }),
    );
  });

  it('puts many tasks that are connected with nothing into a block that can be seen as a whole', () => {
    for (const direction of ['right', 'down'] as const) {
      const flat = Array.from({ length: 20_000 }, (_, at): GraphNode => ({ id: `t${at}`, dependsOn: [] }));
      const { width, height, nodes } = layoutGraph(flat, { ...DEFAULT_LAYOUT, direction });
      expect(Math.max(width, height) / Math.min(width, height)).toBeLessThan(2);
      expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(flat.length);
    }
    const chain = [
      { id: 'a', dependsOn: [] },
      { id: 'b', dependsOn: ['a'] },
    ];
    const alone = Array.from({ length: 30 }, (_, at) => ({ id: `t${at}`, dependsOn: [] }));
    const mixed = layoutGraph([...alone.slice(0, 9), ...chain, ...alone.slice(9)]);
    expect(mixed.nodes.map(({ id }) => id).slice(8, 12)).toEqual(['t8', 'a', 'b', 't9']);
    expect(Math.max(mixed.nodes[9]!.y, mixed.nodes[10]!.y) + DEFAULT_LAYOUT.nodeHeight).toBeLessThan(mixed.nodes[0]!.y);
    expect(mixed.edges).toHaveLength(1);
    expect(neighbour(mixed, 't0', 'right')).toMatch(/^t\d/);
  });

  it('draws every dependency of a DAG from left to right', () => {
    fc.assert(
      fc.property(anyDag, (graph) => {
        const { nodes, edges } = layoutGraph(graph);
        const x = new Map(nodes.map((node) => [node.id, node.x]));
        for (const node of graph)
          for (const parent of node.dependsOn) expect(x.get(parent)!).toBeLessThan(x.get(node.id)!);
        const wanted = new Set(graph.flatMap((node) => node.dependsOn.map((parent) => `${parent}>${node.id}`)));
        expect(new Set(edges.map((edge) => `${edge.from}>${edge.to}`))).toEqual(wanted);
      }),
    );
  });

  it('stays inside its own bounds and repeats itself', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const layout = layoutGraph(graph);
        for (const node of layout.nodes) {
          expect(node.x).toBeGreaterThanOrEqual(0);
          expect(node.y).toBeGreaterThanOrEqual(0);
          expect(node.x + DEFAULT_LAYOUT.nodeWidth).toBeLessThanOrEqual(layout.width);
          expect(node.y + DEFAULT_LAYOUT.nodeHeight).toBeLessThanOrEqual(layout.height);
        }
        expect(layoutGraph(structuredClone(graph))).toEqual(layout);
      }),
    );
  });

  it('survives cycles, self-loops and unknown names', () => {
    const layout = layoutGraph([
      { id: 'a', dependsOn: ['b', 'a', 'ghost'] },
      { id: 'b', dependsOn: ['a'] },
    ]);
    expect(layout.nodes).toHaveLength(2);
    expect(layout.edges).toHaveLength(1);
  });

  it('keeps a chain straight and a fan centred', () => {
    const chain = layoutGraph([
      { id: 'a', dependsOn: [] },
      { id: 'b', dependsOn: ['a'] },
      { id: 'c', dependsOn: ['b'] },
    ]);
    expect(new Set(chain.nodes.map((node) => node.y))).toEqual(new Set([0]));
    const fan = layoutGraph([
      { id: 'a', dependsOn: [] },
      { id: 'x', dependsOn: ['a'] },
      { id: 'y', dependsOn: ['a'] },
      { id: 'z', dependsOn: ['a'] },
      { id: 'end', dependsOn: ['x', 'y', 'z'] },
    ]);
    const y = Object.fromEntries(fan.nodes.map((node) => [node.id, node.y]));
    expect(y.a).toBe(y.y);
    expect(y.end).toBe(y.y);
  });

  it('goes down as well: no overlap, every dependency downwards, inside the bounds', () => {
    fc.assert(
      fc.property(anyDag, (graph) => {
        const down = { ...DEFAULT_LAYOUT, direction: 'down' as const };
        const { nodes, edges, width, height } = layoutGraph(graph, down);
        const y = new Map(nodes.map((node) => [node.id, node.y]));
        for (const node of graph) {
          for (const parent of node.dependsOn) expect(y.get(parent)! + down.nodeHeight).toBeLessThan(y.get(node.id)!);
        }
        for (const [i, a] of nodes.entries()) {
          expect(a.x + down.nodeWidth).toBeLessThanOrEqual(width);
          expect(a.y + down.nodeHeight).toBeLessThanOrEqual(height);
          for (const b of nodes.slice(i + 1)) {
            const apart = Math.abs(a.x - b.x) >= down.nodeWidth || Math.abs(a.y - b.y) >= down.nodeHeight;
            expect(apart, `${a.id} and ${b.id}`).toBe(true);
          }
        }
        for (const edge of edges) expect(edge.points[1]).toBe(y.get(edge.from)! + down.nodeHeight);
      }),
      { numRuns: 40 },
    );
  });

  it('uncrosses two swapped pairs', () => {
    const layout = layoutGraph([
      { id: 'a', dependsOn: [] },
      { id: 'b', dependsOn: [] },
      { id: 'of-b', dependsOn: ['b'] },
      { id: 'of-a', dependsOn: ['a'] },
    ]);
    const y = Object.fromEntries(layout.nodes.map((node) => [node.id, node.y]));
    expect(Math.sign(y.a! - y.b!)).toBe(Math.sign(y['of-a']! - y['of-b']!));
  });

  it('lays out a chain of thousands without recursion', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => ({ id: `t${i}`, dependsOn: i === 0 ? [] : [`t${i - 1}`] }));
    expect(layoutGraph(chain).nodes).toHaveLength(20_000);
  });

  it('gives an empty picture for an empty graph', () => {
    expect(layoutGraph([])).toMatchObject({ nodes: [], edges: [], width: 0, height: 0 });
  });
});

describe('topologicalIds', () => {
  it('puts each task after what it depends on', () => {
    fc.assert(
      fc.property(anyDag, (graph) => {
        const ids = topologicalIds(graph);
        expect([...ids].sort()).toEqual(graph.map((node) => node.id).sort());
        const place = new Map(ids.map((id, at) => [id, at]));
        for (const node of graph)
          for (const parent of node.dependsOn) expect(place.get(parent)!).toBeLessThan(place.get(node.id)!);
      }),
    );
  });
});
