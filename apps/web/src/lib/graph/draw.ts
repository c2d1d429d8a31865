/** Draws a graph on a canvas, with three levels of detail: blocks, cards with names, cards with names and notes. */
import type { GraphLayout } from './layout.ts';
import { bends, MARK_FAMILY, type PictureNode } from './picture.ts';
import type { Size, Viewport } from './viewport.ts';

/** Colours by token name, read from the page once per drawing. */
export type Ink = (token: string) => string;

export interface Drawing {
  readonly layout: GraphLayout;
  readonly nodes: ReadonlyMap<string, PictureNode>;
  readonly familyOf: (state: string) => string;
  readonly selected: string | null;
  readonly nodeWidth: number;
  readonly nodeHeight: number;
}

const NAMES_FROM = 0.38;
const NOTES_FROM = 0.7;
const EDGES_FROM = 0.08;

export function drawGraph(
  context: CanvasRenderingContext2D,
  { viewport, size, scale, ink }: { viewport: Viewport; size: Size; scale: number; ink: Ink },
  drawing: Drawing,
): void {
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  context.setTransform(scale * viewport.k, 0, 0, scale * viewport.k, scale * viewport.x, scale * viewport.y);
  const view = {
    left: -viewport.x / viewport.k,
    top: -viewport.y / viewport.k,
    right: (size.width - viewport.x) / viewport.k,
    bottom: (size.height - viewport.y) / viewport.k,
  };
  if (viewport.k >= EDGES_FROM) drawEdges(context, viewport, ink, drawing, view);
  for (const placed of drawing.layout.nodes) {
    const outside =
      placed.x > view.right ||
      placed.x + drawing.nodeWidth < view.left ||
      placed.y > view.bottom ||
      placed.y + drawing.nodeHeight < view.top;
    if (!outside) drawNode(context, placed, viewport.k, ink, drawing);
  }
}

type View = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

function drawEdges(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  ink: Ink,
  drawing: Drawing,
  view: View,
): void {
  context.lineWidth = Math.max(1, 0.8 / viewport.k);
  context.strokeStyle = ink('border-strong');
  context.globalAlpha = viewport.k < 0.3 ? 0.35 : 0.6;
  context.beginPath();
  const { direction } = drawing.layout;
  for (const { points } of drawing.layout.edges) {
    const [x, y] = [points[points.length - 2]!, points[points.length - 1]!];
    if (direction === 'right' && (points[0]! > view.right || x < view.left)) continue;
    if (direction === 'down' && (points[1]! > view.bottom || y < view.top)) continue;
    context.moveTo(points[0]!, points[1]!);
    for (let i = 2; i + 1 < points.length; i += 2) {
      const [x1, y1] = [points[i]!, points[i + 1]!];
      const [cx0, cy0, cx1, cy1] = bends([points[i - 2]!, points[i - 1]!, x1, y1], direction);
      context.bezierCurveTo(cx0, cy0, cx1, cy1, x1, y1);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

function drawNode(
  context: CanvasRenderingContext2D,
  placed: { readonly id: string; readonly x: number; readonly y: number },
  k: number,
  ink: Ink,
  drawing: Drawing,
): void {
  const node = drawing.nodes.get(placed.id);
  const family = node?.mark ? MARK_FAMILY[node.mark] : drawing.familyOf(node?.state ?? 'pending');
  const fill = ink(`state-${family}`);
  const { x, y } = placed;
  const { nodeWidth: width, nodeHeight: height } = drawing;
  if (k < NAMES_FROM) {
    context.fillStyle = family === 'skipped' ? ink('surface-2') : fill;
    context.fillRect(x, y, width, height);
  } else {
    context.beginPath();
    context.roundRect(x, y, width, height, 8);
    context.fillStyle = ink('surface');
    context.fill();
    context.lineWidth = family === 'running' || family === 'failed' ? 2 : 1;
    context.strokeStyle = family === 'running' || family === 'failed' ? fill : ink('border');
    context.setLineDash(family === 'skipped' ? [4, 3] : family === 'upstream' ? [1, 3] : []);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = family === 'skipped' ? ink('border-strong') : fill;
    context.fillRect(x, y + 6, 4, height - 12);
    context.fillStyle = ink('fg');
    context.font = `560 13px ${ink('font')}`;
    const notes = k >= NOTES_FROM;
    context.textBaseline = 'middle';
    context.fillText(shorten(context, placed.id, width - 28), x + 14, y + (notes ? height * 0.36 : height / 2));
    if (notes) {
      context.fillStyle = ink('fg-3');
      context.font = `400 11px ${ink('font')}`;
      context.fillText(shorten(context, node?.note ?? node?.type ?? '', width - 28), x + 14, y + height * 0.7);
    }
  }
  if (drawing.selected === placed.id) {
    context.lineWidth = Math.max(2, 2 / k);
    context.strokeStyle = ink('accent');
    context.strokeRect(x - 4, y - 4, width + 8, height + 8);
  }
}

function shorten(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}

/** The task under a point of the picture. */
export function nodeAt(layout: GraphLayout, x: number, y: number, width: number, height: number): string | undefined {
  return layout.nodes.find((node) => x >= node.x && x <= node.x + width && y >= node.y && y <= node.y + height)?.id;
}
