import { expect, it } from 'vitest';
import { layoutGraph } from '#lib/graph/layout.ts';
import { edgeNear, exitOf, middleOf } from './edge-places.ts';

const layout = layoutGraph([
  { id: 'a', dependsOn: [] },
  { id: 'b', dependsOn: ['a'] },
  { id: 'c', dependsOn: ['b', 'a'] },
]);
const edge = (from: string, to: string) => layout.edges.find((one) => one.from === from && one.to === to)!;

it('finds an edge by its middle, also one that passes tasks', () => {
  for (const one of layout.edges) expect(edgeNear(layout, middleOf(one))).toBe(one);
  expect(edgeNear(layout, { x: -500, y: 0 })).toBeUndefined();
  expect(edge('a', 'c').points.length).toBeGreaterThan(4);
});

it('has edges leave a task where they begin', () => {
  const [x, y] = edge('a', 'b').points as [number, number];
  expect(exitOf(layout, layout.nodes[0]!)).toEqual({ x, y });
});
