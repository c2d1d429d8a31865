/** The shape of a set of values, whatever way it was written in: descriptions are made of shapes, so equal expressions read alike. */

export type Shape =
  | { readonly kind: 'all' }
  /** Every `step` from `from` on, evenly over the end of the cycle. */
  | { readonly kind: 'every'; readonly step: number; readonly from: number }
  /** Three or more neighbours; goes on after the largest value where `to` is smaller than `from`. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  /** Five or more in steps that do not go evenly into the cycle. */
  | { readonly kind: 'steps'; readonly step: number; readonly from: number; readonly to: number }
  | { readonly kind: 'list'; readonly values: readonly number[] };

/** Fewer values are better named one by one. */
const MIN_STEPS = 5;

export interface Cycle {
  readonly min: number;
  readonly size: number;
}

/** @param values in order, without doubles */
export function shapeOf(values: readonly number[], { min, size }: Cycle): Shape {
  const first = values[0] ?? min;
  if (values.length === size) return { kind: 'all' };
  const step = size / values.length;
  if (values.length > 2 && Number.isInteger(step) && values.every((value, index) => value === first + index * step)) {
    return { kind: 'every', step, from: first };
  }
  const breaks = values.flatMap((value, index) => {
    const next = values[(index + 1) % values.length]!;
    return (value - min + 1) % size === (next - min) % size ? [] : [index];
  });
  if (values.length > 2 && breaks.length === 1) {
    return { kind: 'range', from: values[(breaks[0]! + 1) % values.length]!, to: values[breaks[0]!]! };
  }
  const apart = (values[1] ?? first) - first;
  if (values.length >= MIN_STEPS && values.every((value, index) => value === first + index * apart)) {
    return { kind: 'steps', step: apart, from: first, to: values.at(-1)! };
  }
  return { kind: 'list', values };
}
