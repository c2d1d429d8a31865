/** What the graph views draw, and walking it with the arrow keys. Pure. */
import type { GraphLayout } from './layout.ts';

/** One task as a picture: `state` and `note` may change many times a second, the rest only with the definition. */
export interface PictureNode {
  readonly id: string;
  readonly type: string;
  readonly dependsOn: readonly string[];
  readonly state?: string | undefined;
  readonly note?: string | undefined;
  readonly muted?: boolean | undefined;
}

/** Above this many tasks one canvas is drawn instead of an element for each. */
export const CANVAS_FROM = 150;

export type Direction = 'left' | 'right' | 'up' | 'down';

/** A text that differs exactly when the layout has to be made anew. */
export function structureOf(nodes: readonly PictureNode[]): string {
  return JSON.stringify(nodes.map((node) => [node.id, node.dependsOn]));
}

/** Where an arrow key leads: along edges sideways, within the column up and down. */
export function neighbour(layout: GraphLayout, from: string, direction: Direction): string | undefined {
  const here = layout.nodes.find((node) => node.id === from);
  if (here === undefined) return layout.nodes[0]?.id;
  const nearest = (candidates: readonly { readonly id: string; readonly y: number }[]) =>
    candidates.reduce<{ id: string; gap: number } | undefined>((best, node) => {
      const gap = Math.abs(node.y - here.y);
      return best === undefined || gap < best.gap ? { id: node.id, gap } : best;
    }, undefined)?.id;
  if (direction === 'left' || direction === 'right') {
    const ids = new Set(
      layout.edges
        .filter((edge) => (direction === 'right' ? edge.from : edge.to) === from)
        .map((edge) => (direction === 'right' ? edge.to : edge.from)),
    );
    return nearest(layout.nodes.filter((node) => ids.has(node.id)));
  }
  return nearest(
    layout.nodes.filter(
      (node) => node.layer === here.layer && (direction === 'down' ? node.y > here.y : node.y < here.y),
    ),
  );
}

/** An edge as an SVG path: smooth between the columns, straight through them. */
export function edgePath(points: readonly number[]): string {
  let path = `M${points[0]} ${points[1]}`;
  for (let i = 2; i + 1 < points.length; i += 2) {
    const [x0, y0, x1, y1] = [points[i - 2]!, points[i - 1]!, points[i]!, points[i + 1]!];
    if (y0 === y1) path += `H${x1}`;
    else {
      const bend = (x1 - x0) / 2;
      path += `C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`;
    }
  }
  return path;
}

/** All that a task needs (or that needs it), itself included. */
export function closure(
  nodes: readonly Pick<PictureNode, 'id' | 'dependsOn'>[],
  from: Iterable<string>,
  way: 'upstream' | 'downstream',
): Set<string> {
  const next = new Map<string, string[]>();
  for (const node of nodes) {
    for (const parent of node.dependsOn) {
      const [key, value] = way === 'upstream' ? [node.id, parent] : [parent, node.id];
      const list = next.get(key);
      if (list === undefined) next.set(key, [value]);
      else list.push(value);
    }
  }
  const known = new Set(nodes.map((node) => node.id));
  const reached = new Set<string>();
  const queue = [...from].filter((id) => known.has(id));
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    queue.push(...(next.get(id) ?? []));
  }
  return reached;
}
