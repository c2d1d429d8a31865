/** English texts of pictures of graphs. */
import { plural } from '../en-count.ts';

export const enGraphView = {
  label: 'Graph of tasks',
  hint: 'Drag moves, Ctrl + wheel zooms, arrow keys walk along the edges',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show all',
  nodes: (n: number) => plural(n, 'task', 'tasks'),
  tooLarge: 'Drawn on a canvas; the task list holds the same tasks.',
};

export type GraphViewMessages = typeof enGraphView;
