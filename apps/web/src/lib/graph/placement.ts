/**
 * Vertical places: each slot wants the middle of its neighbours, kept in order and apart. The nearest such places are
 * an isotonic regression, solved exactly per layer by pooling; a few sweeps in both directions settle the whole.
 */
import type { LayoutOptions, Slot } from './layout.ts';

const SWEEPS = 6;

export function placeVertically(slots: Slot[], layers: readonly (readonly number[])[], options: LayoutOptions): void {
  const offsets = layers.map((layer) => gaps(slots, layer, options));
  for (const [at, layer] of layers.entries()) {
    const middle = (offsets[at]![layer.length - 1] ?? 0) / 2;
    for (const [i, slot] of layer.entries()) slots[slot]!.y = offsets[at]![i]! - middle;
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (let step = 0; step < layers.length; step++) {
      const at = forward ? step : layers.length - 1 - step;
      settle(slots, layers[at]!, offsets[at]!, forward, sweep >= SWEEPS - 2);
    }
  }
  for (const slot of slots) slot.y = Math.round(slot.y);
}

/** Least distance of each slot of a layer from its first: full rows for nodes, half for passing edges. */
function gaps(slots: readonly Slot[], layer: readonly number[], options: LayoutOptions): number[] {
  const full = options.nodeHeight + options.gapY;
  const offsets: number[] = [];
  let at = 0;
  for (const [i, slot] of layer.entries()) {
    if (i > 0) {
      const bothPass = slots[slot]!.node === null && slots[layer[i - 1]!]!.node === null;
      at += bothPass ? options.gapY : full;
    }
    offsets.push(at);
  }
  return offsets;
}

function settle(
  slots: Slot[],
  layer: readonly number[],
  offsets: readonly number[],
  forward: boolean,
  both: boolean,
): void {
  // Blocks of slots that touch: mean of what they want, and how many they are.
  const blocks: { sum: number; weight: number; from: number }[] = [];
  for (const [i, at] of layer.entries()) {
    const slot = slots[at]!;
    const weight = slot.node === null ? 2 : 1;
    blocks.push({ sum: (wish(slots, slot, forward, both) - offsets[i]!) * weight, weight, from: i });
    while (blocks.length > 1) {
      const last = blocks[blocks.length - 1]!;
      const previous = blocks[blocks.length - 2]!;
      if (previous.sum / previous.weight <= last.sum / last.weight) break;
      previous.sum += last.sum;
      previous.weight += last.weight;
      blocks.pop();
    }
  }
  for (const [b, block] of blocks.entries()) {
    const end = blocks[b + 1]?.from ?? layer.length;
    for (let i = block.from; i < end; i++) slots[layer[i]!]!.y = block.sum / block.weight + offsets[i]!;
  }
}

function wish(slots: readonly Slot[], slot: Slot, forward: boolean, both: boolean): number {
  const near = both ? [...slot.before, ...slot.after] : forward ? slot.before : slot.after;
  if (near.length === 0) return slot.y;
  let sum = 0;
  for (const neighbour of near) sum += slots[neighbour]!.y;
  return sum / near.length;
}
