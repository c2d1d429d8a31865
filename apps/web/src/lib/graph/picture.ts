/** What the graph views draw, and walking it with the arrow keys. Pure. */
import type { FlowDirection, GraphLayout, PlacedNode } from './layout.ts';

/** One task as a picture: `state` and `note` may change many times a second, the rest only with the definition. */
export interface PictureNode {
  readonly id: string;
  readonly type: string;
  readonly dependsOn: readonly string[];
  readonly state?: string | undefined;
  readonly note?: string | undefined;
  readonly muted?: boolean | undefined;
  /** Somebody is asked for something. */
  readonly waits?: boolean | undefined;
  /** Between two versions: what became of it, and of which of `dependsOn` it is free or has been given. */
  readonly mark?: Mark | undefined;
  readonly lost?: readonly string[] | undefined;
  readonly gained?: readonly string[] | undefined;
}

export type Mark = 'added' | 'removed' | 'changed';
/** The colours of marks are those of states; the note of the task says it in a word. */
export const MARK_FAMILY = { added: 'success', removed: 'failed', changed: 'retry' } as const;

/** Above this many tasks one canvas is drawn instead of an element for each. */
export const CANVAS_FROM = 150;

export type Direction = 'left' | 'right' | 'up' | 'down';

/** A text that differs exactly when the layout has to be made anew. */
export function structureOf(nodes: readonly PictureNode[]): string {
  return JSON.stringify(nodes.map((node) => [node.id, node.dependsOn]));
}

/** Where an arrow key leads: along edges the way the graph flows, within the layer across it. */
export function neighbour(layout: GraphLayout, from: string, key: Direction): string | undefined {
  const here = layout.nodes.find((node) => node.id === from);
  if (here === undefined) return layout.nodes[0]?.id;
  const direction = layout.direction === 'right' ? key : TURNED[key];
  const across = (node: PlacedNode) => (layout.direction === 'right' ? node.y : node.x);
  const nearest = (candidates: readonly PlacedNode[]) =>
    candidates.toSorted((a, b) => Math.abs(across(a) - across(here)) - Math.abs(across(b) - across(here)))[0]?.id;
  if (direction === 'left' || direction === 'right') {
    const ids = new Set(
      layout.edges
        .filter((edge) => (direction === 'right' ? edge.from : edge.to) === from)
        .map((edge) => (direction === 'right' ? edge.to : edge.from)),
    );
    if (ids.size > 0) return nearest(layout.nodes.filter((node) => ids.has(node.id)));
    // What is connected with nothing stands in columns.
    const isAlone = (id: string) => !layout.edges.some((edge) => edge.from === id || edge.to === id);
    if (!isAlone(from)) return undefined;
    const layer = here.layer + (direction === 'right' ? 1 : -1);
    return nearest(layout.nodes.filter((node) => node.layer === layer && isAlone(node.id)));
  }
  const side = direction === 'down' ? 1 : -1;
  return nearest(layout.nodes.filter((node) => node.layer === here.layer && (across(node) - across(here)) * side > 0));
}

const TURNED: Readonly<Record<Direction, Direction>> = { left: 'up', right: 'down', up: 'left', down: 'right' };

/** An edge as an SVG path: smooth between the layers, straight through them. */
export function edgePath(points: readonly number[], direction: FlowDirection = 'right'): string {
  let path = `M${points[0]} ${points[1]}`;
  for (let i = 2; i + 1 < points.length; i += 2) {
    const [x0, y0, x1, y1] = [points[i - 2]!, points[i - 1]!, points[i]!, points[i + 1]!];
    const [cx0, cy0, cx1, cy1] = bends([x0, y0, x1, y1], direction);
    path += x0 === x1 || y0 === y1 ? `L${x1} ${y1}` : `C${cx0} ${cy0} ${cx1} ${cy1} ${x1} ${y1}`;
  }
  return path;
}

type Quad = readonly [number, number, number, number];

/** Control points of the curve between two places: it leaves and enters the way the graph flows. */
export function bends([x0, y0, x1, y1]: Quad, direction: FlowDirection): Quad {
  if (direction === 'right') {
    const bend = (x1 - x0) / 2;
    return [x0 + bend, y0, x1 - bend, y1];
  }
  const bend = (y1 - y0) / 2;
  return [x0, y0 + bend, x1, y1 - bend];
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
