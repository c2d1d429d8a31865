/** Where on a picture of a graph something can be done. Pure. */
import { DEFAULT_LAYOUT, type GraphLayout, type PlacedEdge, type PlacedNode } from '#lib/graph/layout.ts';
import type { Place } from '#lib/graph/viewport.ts';

/** How far from the middle of an edge the pointer still means it, in the measures of the picture. */
const REACH = 26;

/** How far along its curve an edge is taken hold of: past the middle, since tasks are connected from where it begins. */
const ALONG = 0.62;

/** Where an edge is taken hold of: on the middle one of its curves. */
export function middleOf({ points }: PlacedEdge): Place {
  const at = Math.floor((points.length / 2 - 1) / 2) * 2;
  const between = (from: number, to: number) => from + (to - from) * ALONG;
  return { x: between(points[at]!, points[at + 2]!), y: between(points[at + 1]!, points[at + 3]!) };
}

export function edgeNear(layout: GraphLayout, at: Place): PlacedEdge | undefined {
  return layout.edges.find((edge) => {
    const middle = middleOf(edge);
    return Math.hypot(middle.x - at.x, middle.y - at.y) <= REACH;
  });
}

/** Where edges leave a task. */
export function exitOf(layout: GraphLayout, node: PlacedNode): Place {
  const { nodeWidth, nodeHeight } = DEFAULT_LAYOUT;
  return layout.direction === 'right'
    ? { x: node.x + nodeWidth, y: node.y + nodeHeight / 2 }
    : { x: node.x + nodeWidth / 2, y: node.y + nodeHeight };
}
