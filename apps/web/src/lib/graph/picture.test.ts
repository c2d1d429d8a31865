import { describe, expect, it } from 'vitest';
import { DEFAULT_LAYOUT, layoutGraph } from './layout.ts';
import { closure, edgePath, neighbour, structureOf } from './picture.ts';

const nodes = [
  { id: 'a', type: 'shell', dependsOn: [] },
  { id: 'b', type: 'shell', dependsOn: ['a'] },
  { id: 'c', type: 'shell', dependsOn: ['a'] },
  { id: 'd', type: 'shell', dependsOn: ['b', 'c'] },
];

describe('structureOf', () => {
  it('changes with edges and names, not with states', () => {
    expect(structureOf(nodes.map((node) => ({ ...node, state: 'running' })))).toBe(structureOf(nodes));
    expect(structureOf(nodes.map((node) => ({ ...node, dependsOn: [] })))).not.toBe(structureOf(nodes));
  });
});

describe('neighbour', () => {
  const layout = layoutGraph(nodes);
  it('follows edges sideways and stays in the column otherwise', () => {
    expect(['b', 'c']).toContain(neighbour(layout, 'a', 'right'));
    expect(neighbour(layout, 'd', 'right')).toBeUndefined();
    expect(neighbour(layout, 'b', 'left')).toBe('a');
    const [upper, lower] = layout.nodes.filter((node) => node.layer === 1).sort((p, q) => p.y - q.y);
    expect(neighbour(layout, upper!.id, 'down')).toBe(lower!.id);
    expect(neighbour(layout, upper!.id, 'up')).toBeUndefined();
  });
  it('turns the keys with the picture', () => {
    const down = layoutGraph(nodes, { ...DEFAULT_LAYOUT, direction: 'down' });
    expect(['b', 'c']).toContain(neighbour(down, 'a', 'down'));
    expect(neighbour(down, 'b', 'up')).toBe('a');
    const [first, second] = down.nodes.filter((node) => node.layer === 1).sort((p, q) => p.x - q.x);
    expect(neighbour(down, first!.id, 'right')).toBe(second!.id);
    expect(neighbour(down, first!.id, 'left')).toBeUndefined();
  });
  it('begins at the first task', () => expect(neighbour(layout, 'ghost', 'right')).toBe('a'));
});

describe('closure', () => {
  it('goes all the way, both ways', () => {
    expect([...closure(nodes, ['b'], 'downstream')].sort()).toEqual(['b', 'd']);
    expect([...closure(nodes, ['d'], 'upstream')].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(closure(nodes, ['ghost'], 'upstream').size).toBe(0);
  });
});

describe('edgePath', () => {
  it('is straight on one level and curved between two', () => {
    expect(edgePath([0, 5, 10, 5])).toBe('M0 5L10 5');
    expect(edgePath([0, 0, 10, 20])).toBe('M0 0C5 0 5 20 10 20');
    expect(edgePath([0, 0, 10, 20], 'down')).toBe('M0 0C0 10 10 10 10 20');
  });
});
