/** How far back the overview looks, in hours, as it is written in the address. Pure. */
export const RANGES = { '1h': 1, '24h': 24, '7d': 168 } as const;
export type Range = keyof typeof RANGES;
const USUAL_RANGE: Range = '24h';

export function readRange(text: string | null): Range {
  return text !== null && Object.hasOwn(RANGES, text) ? (text as Range) : USUAL_RANGE;
}
