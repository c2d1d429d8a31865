/** Which rows of a long table are drawn: those in view and some on both sides, so that keys and a quick wheel find the next ones there. */

/** Up to so many all are drawn: the browser's own search finds them, and they cost little. */
export const ALL_ROWS = 100;
const MARGIN = 12;

export interface RowsView {
  readonly count: number;
  /** Of one row, px. */
  readonly height: number;
  /** How much of the rows is scrolled out of sight above, px; negative while the begin is below the edge. */
  readonly top: number;
  /** Of what scrolls, px; 0 while it is not known. */
  readonly room: number;
}

/** @returns the first, and the one after the last. */
export function rowsInView({ count, height, top, room }: RowsView): { readonly first: number; readonly last: number } {
  if (count <= ALL_ROWS) return { first: 0, last: count };
  const inView = Math.ceil((room > 0 ? room : 900) / height);
  const at = Math.min(Math.max(0, Math.floor(top / height)), count);
  const first = Math.max(0, Math.min(at, count - inView) - MARGIN);
  return { first, last: Math.min(count, first + inView + 2 * MARGIN) };
}
