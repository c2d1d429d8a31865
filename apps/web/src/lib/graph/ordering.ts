/** Orders the slots of each layer so that few edges cross: barycentre sweeps, the best of which is kept. */
import type { Slot } from './layout.ts';

const SWEEPS = 8;

export function orderLayers(slots: Slot[], topological: readonly number[]): number[][] {
  const layers = startOrder(slots, topological);
  let best = layers.map((layer) => [...layer]);
  let fewest = countCrossings(slots, layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const forward = sweep % 2 === 0;
    for (let step = 1; step < layers.length; step++) {
      sortLayer(slots, layers[forward ? step : layers.length - 1 - step]!, forward);
    }
    const crossings = countCrossings(slots, layers);
    if (crossings < fewest) {
      fewest = crossings;
      best = layers.map((layer) => [...layer]);
    }
  }
  for (const layer of best) for (const [order, slot] of layer.entries()) slots[slot]!.order = order;
  return best;
}

/** Neighbours enter their layers one after another, walking from each root, which alone avoids most crossings. */
function startOrder(slots: Slot[], topological: readonly number[]): number[][] {
  let count = 0;
  for (const slot of slots) count = Math.max(count, slot.layer + 1);
  const layers: number[][] = Array.from({ length: count }, () => []);
  const seen = new Uint8Array(slots.length);
  const stack: number[] = [];
  for (const root of topological) {
    if (seen[root] === 0) stack.push(root);
    while (stack.length > 0) {
      const at = stack.pop()!;
      if (seen[at] === 1) continue;
      seen[at] = 1;
      const slot = slots[at]!;
      const layer = layers[slot.layer]!;
      slot.order = layer.length;
      layer.push(at);
      for (let next = slot.after.length - 1; next >= 0; next--) stack.push(slot.after[next]!);
    }
  }
  return layers;
}

function sortLayer(slots: Slot[], layer: number[], forward: boolean): void {
  const weight = new Map<number, number>();
  for (const at of layer) {
    const slot = slots[at]!;
    const neighbours = forward ? slot.before : slot.after;
    if (neighbours.length === 0) {
      weight.set(at, slot.order);
      continue;
    }
    let sum = 0;
    for (const neighbour of neighbours) sum += slots[neighbour]!.order;
    weight.set(at, sum / neighbours.length);
  }
  layer.sort((a, b) => weight.get(a)! - weight.get(b)! || slots[a]!.order - slots[b]!.order);
  for (const [order, at] of layer.entries()) slots[at]!.order = order;
}

/** Crossings between neighbouring layers, counted as inversions with a binary indexed tree. */
function countCrossings(slots: readonly Slot[], layers: readonly (readonly number[])[]): number {
  let crossings = 0;
  for (let at = 0; at + 1 < layers.length; at++) {
    const size = layers[at + 1]!.length;
    const tree = new Uint32Array(size + 1);
    let placed = 0;
    for (const from of layers[at]!) {
      const targets = slots[from]!.after.map((to) => slots[to]!.order).sort((a, b) => a - b);
      for (const target of targets) {
        let notAfter = 0;
        for (let i = target + 1; i > 0; i -= i & -i) notAfter += tree[i]!;
        crossings += placed - notAfter;
      }
      for (const target of targets) {
        for (let i = target + 1; i <= size; i += i & -i) tree[i]!++;
        placed++;
      }
    }
  }
  return crossings;
}
