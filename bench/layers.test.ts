import { describe, expect, it } from 'vitest';
import { fullLayers, predecessorsOf } from './layers.ts';

describe('the layers of a graph', () => {
  it('join every task to all of the layer before, when they are full', () => {
    expect(predecessorsOf(fullLayers(3, 2)).map((list) => [...list].sort())).toEqual([
      [],
      [],
      [0, 1],
      [0, 1],
      [2, 3],
      [2, 3],
    ]);
    const graph = predecessorsOf(fullLayers(10, 10));
    expect([graph.length, graph.flat().length]).toEqual([100, 900]);
  });

  it('hold exactly the edges asked for, none twice and all from the layer before', () => {
    const graph = predecessorsOf({ layers: 100, width: 100, edges: 100_000 });
    expect([graph.length, graph.flat().length]).toEqual([10_000, 100_000]);
    const counts = new Set<number>();
    for (const [task, before] of graph.entries()) {
      if (task < 100) continue;
      counts.add(before.length);
      expect(new Set(before).size).toBe(before.length);
      expect(new Set(before.map((one) => Math.floor(one / 100)))).toEqual(new Set([Math.floor(task / 100) - 1]));
    }
    expect(counts).toEqual(new Set([10, 11]));
  });

  it('leave no task without one before it', () => {
    expect(predecessorsOf({ layers: 3, width: 4, edges: 8 }).filter((list) => list.length === 0)).toHaveLength(4);
    expect(() => predecessorsOf({ layers: 3, width: 4, edges: 7 })).toThrow('3 layers of 4 hold 8 to 32 edges, not 7');
    expect(() => predecessorsOf({ layers: 3, width: 4, edges: 33 })).toThrow(RangeError);
  });
});
