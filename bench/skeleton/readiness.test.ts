import { describe, expect, it } from 'vitest';
import { fullLayers } from '../layers.ts';
import { createReadiness } from './readiness.ts';

describe('the bare readiness counter', () => {
  it('lets a layer go when the last of the one before has ended, in each copy by itself', () => {
    const graph = createReadiness(fullLayers(2, 2), 2);
    expect([graph.tasks, graph.first]).toEqual([8, [0, 1, 4, 5]]);
    expect(graph.afterEnd(0)).toEqual([]);
    expect(graph.afterEnd(5)).toEqual([]);
    expect(graph.afterEnd(1)).toEqual([2, 3]);
    expect(graph.afterEnd(4)).toEqual([6, 7]);
    expect(graph.afterEnd(7)).toEqual([]);
  });

  it('comes to every task once', () => {
    const graph = createReadiness({ layers: 20, width: 10, edges: 777 }, 3);
    const seen = [...graph.first];
    for (let at = 0; at < seen.length; at++) seen.push(...graph.afterEnd(seen[at]!));
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, n) => n));
  });
});
