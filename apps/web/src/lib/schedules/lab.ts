/** What stands on a clock, out of a local time with its offset. Pure. */

/** `02:30 +01:00` of `2026-03-29T02:30:00+01:00`; seconds only where there are any. */
export function clockOf(local: string): string {
  const read = /T(\d{2}:\d{2})(:\d{2})(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(local);
  if (read === null) return local;
  const [, minutes, seconds, offset] = read;
  return `${minutes}${seconds === ':00' ? '' : seconds} ${offset === 'Z' ? '+00:00' : offset}`;
}
