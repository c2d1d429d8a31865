/**
 * Layered layout of a DAG, to the right or down, in near-linear time. The same graph gives the same picture; nodes never
 * overlap; an edge that would close a cycle or names an unknown node is left out of layering and still not drawn.
 */
import { type AcyclicGraph, breakCycles } from './acyclic.ts';
import { orderLayers } from './ordering.ts';
import { placeVertically } from './placement.ts';

export interface GraphNode {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/** Which way edges go: to the right, or down. */
export type FlowDirection = 'right' | 'down';

export interface LayoutOptions {
  readonly direction: FlowDirection;
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  readonly gapX: number;
  readonly gapY: number;
}

export interface PlacedNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly layer: number;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  /** x, y pairs: right side of the source, both sides of each layer passed through, left side of the target. */
  readonly points: readonly number[];
}

export interface GraphLayout {
  readonly direction: FlowDirection;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

export const DEFAULT_LAYOUT: LayoutOptions = {
  direction: 'right',
  nodeWidth: 184,
  nodeHeight: 52,
  gapX: 52,
  gapY: 18,
};

/** A slot of a layer: a real node, or a place where a long edge passes through. */
export interface Slot {
  readonly node: number | null;
  layer: number;
  order: number;
  y: number;
  readonly before: number[];
  readonly after: number[];
}

export function layoutGraph(input: readonly GraphNode[], options: LayoutOptions = DEFAULT_LAYOUT): GraphLayout {
  if (options.direction === 'right') return layoutToTheRight(input, options);
  // Down is the same picture turned: sizes are exchanged before, coordinates after.
  const { nodeWidth, nodeHeight } = options;
  const turned = layoutToTheRight(input, { ...options, nodeWidth: nodeHeight, nodeHeight: nodeWidth });
  return {
    direction: 'down',
    nodes: turned.nodes.map((node) => ({ ...node, x: node.y, y: node.x })),
    edges: turned.edges.map((edge) => ({
      ...edge,
      points: edge.points.map((_, i) => edge.points[i % 2 === 0 ? i + 1 : i - 1]!),
    })),
    width: turned.height,
    height: turned.width,
  };
}

/** So many tasks that nothing is connected with stand in one column; more of them in several below the rest. */
const MOST_IN_COLUMN = 24;
/** Of the width of their block to its height. */
const SHAPE = 1.6;

function layoutToTheRight(input: readonly GraphNode[], options: LayoutOptions): GraphLayout {
  const graph = breakCycles(input);
  const isAlone = input.map((_, at) => graph.before[at]!.length === 0 && graph.after[at]!.length === 0);
  const alone = isAlone.filter(Boolean).length;
  if (alone <= MOST_IN_COLUMN) return layoutLayers(input, graph, options);
  const rest = input.filter((_, at) => !isAlone[at]);
  const connected = layoutLayers(rest, breakCycles(rest), options);
  return withBlock(input, isAlone, connected, options);
}

/** What is not connected with anything, in columns below what is. */
function withBlock(
  input: readonly GraphNode[],
  isAlone: readonly boolean[],
  connected: GraphLayout,
  { nodeWidth, nodeHeight, gapX, gapY }: LayoutOptions,
): GraphLayout {
  const count = isAlone.filter(Boolean).length;
  const [stepX, stepY] = [nodeWidth + gapX, nodeHeight + gapY];
  const columns = Math.max(1, Math.round(Math.sqrt((count * SHAPE * stepY) / stepX)));
  const rows = Math.ceil(count / columns);
  const top = connected.nodes.length === 0 ? 0 : connected.height + 2 * gapY;
  let placed = 0;
  let passed = 0;
  const nodes = input.map(({ id }, at): PlacedNode => {
    if (!isAlone[at]) return connected.nodes[passed++]!;
    const layer = Math.floor(placed / rows);
    const row = placed++ % rows;
    return { id, x: layer * stepX, y: top + row * stepY, layer };
  });
  return {
    ...connected,
    nodes,
    width: Math.max(connected.width, Math.ceil(count / rows) * stepX - gapX),
    height: top + rows * stepY - gapY,
  };
}

function layoutLayers(input: readonly GraphNode[], graph: AcyclicGraph, options: LayoutOptions): GraphLayout {
  const layerOf = assignLayers(graph.after, graph.before, graph.order);
  const slots: Slot[] = input.map((_, index) => newSlot(index, layerOf[index]!));
  const chains: { from: number; to: number; through: number[] }[] = [];
  for (const from of graph.order) {
    for (const to of graph.after[from]!) {
      const through: number[] = [];
      let last = from;
      for (let layer = layerOf[from]! + 1; layer < layerOf[to]!; layer++) {
        slots.push(newSlot(null, layer));
        through.push(slots.length - 1);
        link(slots, last, slots.length - 1);
        last = slots.length - 1;
      }
      link(slots, last, to);
      chains.push({ from, to, through });
    }
  }
  const layers = orderLayers(slots, graph.order);
  placeVertically(slots, layers, options);
  return draw(input, slots, layers.length, chains, options);
}

function newSlot(node: number | null, layer: number): Slot {
  return { node, layer, order: 0, y: 0, before: [], after: [] };
}

function link(slots: Slot[], from: number, to: number): void {
  slots[from]!.after.push(to);
  slots[to]!.before.push(from);
}

/** Longest path from the roots; a root that nothing waits for early moves right, next to what needs it. */
function assignLayers(after: readonly number[][], before: readonly number[][], order: readonly number[]): number[] {
  const layer = new Array<number>(after.length).fill(0);
  for (const node of order) {
    for (const next of after[node]!) layer[next] = Math.max(layer[next]!, layer[node]! + 1);
  }
  for (const node of order) {
    if (before[node]!.length > 0 || after[node]!.length === 0) continue;
    let first = Number.POSITIVE_INFINITY;
    for (const next of after[node]!) first = Math.min(first, layer[next]!);
    layer[node] = first - 1;
  }
  return layer;
}

function draw(
  input: readonly GraphNode[],
  slots: readonly Slot[],
  layerCount: number,
  chains: readonly { from: number; to: number; through: number[] }[],
  options: LayoutOptions,
): GraphLayout {
  const step = options.nodeWidth + options.gapX;
  const half = options.nodeHeight / 2;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const slot of slots) {
    top = Math.min(top, slot.y);
    bottom = Math.max(bottom, slot.y);
  }
  if (slots.length === 0) return { direction: 'right', nodes: [], edges: [], width: 0, height: 0 };
  const nodes = input.map((node, index) => {
    const slot = slots[index]!;
    return { id: node.id, x: slot.layer * step, y: slot.y - top, layer: slot.layer };
  });
  const edges = chains.map(({ from, to, through }) => {
    const source = nodes[from]!;
    const target = nodes[to]!;
    const points = [source.x + options.nodeWidth, source.y + half];
    for (const index of through) {
      const slot = slots[index]!;
      const y = slot.y - top + half;
      points.push(slot.layer * step, y, slot.layer * step + options.nodeWidth, y);
    }
    points.push(target.x, target.y + half);
    return { from: source.id, to: target.id, points };
  });
  return {
    direction: 'right',
    nodes,
    edges,
    width: (layerCount - 1) * step + options.nodeWidth,
    height: bottom - top + options.nodeHeight,
  };
}
