/**
 * Which of the things found in a look have been as they are for long enough to be acted on. Looks are numbered, and whoever looks says
 * which of them lie far enough back: no clock is read here, and none of those who keep the things is believed.
 */

/** By key: the number of the look in which a thing was first found as it is. */
export type Waiting = ReadonlyMap<string, number>;

export interface LookNumbers {
  /** Of this look; they grow. */
  readonly look: number;
  /** Things first found in this look or before it are settled when they are found now. */
  readonly settledLook: number;
}

/**
 * @param before what waits since earlier looks
 * @param found keys of things that nobody has acted on
 * @returns what waits when this look is over, and what of it may be acted on now
 */
export function settle(
  before: Waiting,
  found: readonly string[],
  { look, settledLook }: LookNumbers,
): { readonly waiting: Waiting; readonly settled: ReadonlySet<string> } {
  const waiting = new Map(found.map((key) => [key, before.get(key) ?? look]));
  return { waiting, settled: new Set(found.filter((key) => waiting.get(key)! <= settledLook)) };
}
