/** A graph in layers, for the system and for its floor: each task waits for tasks of the layer before its own. Pure. */

export interface Layers {
  readonly layers: number;
  readonly width: number;
  /** In all, spread as evenly as they go. `width` per task means: after every task of the layer before. */
  readonly edges: number;
}

/** By number of a task, the numbers of those it waits for. Tasks are numbered layer by layer. */
export function predecessorsOf({ layers, width, edges }: Layers): readonly (readonly number[])[] {
  const waiting = (layers - 1) * width;
  if (edges < waiting || edges > waiting * width) {
    throw new RangeError(`${layers} layers of ${width} hold ${waiting} to ${waiting * width} edges, not ${edges}`);
  }
  return Array.from({ length: layers * width }, (_, task) => {
    if (task < width) return [];
    const k = task - width;
    const count = Math.floor(((k + 1) * edges) / waiting) - Math.floor((k * edges) / waiting);
    const layerBefore = Math.floor(k / width) * width;
    return Array.from({ length: count }, (_, j) => layerBefore + ((k + j) % width));
  });
}

/** The layers in which every task waits for all of the layer before. */
export function fullLayers(layers: number, width: number): Layers {
  return { layers, width, edges: (layers - 1) * width * width };
}
