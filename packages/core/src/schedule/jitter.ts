/**
 * Spreads schedules that fire at the same time. The pause belongs to the schedule and the fire time, so each server and each restart finds
 * the same one. It moves when something is done; what the run is told, and the unique key, stay the fire time.
 */

/**
 * When to act on a fire time: at it or up to `jitterMs` later, exclusive. The same arguments always give the same moment.
 *
 * @param fireAt epoch milliseconds
 */
export function actAt(scheduleId: string, fireAt: number, jitterMs: number): number {
  if (jitterMs <= 0) return fireAt;
  return fireAt + Math.floor((spread(`${scheduleId} ${fireAt}`) / 2 ** 32) * jitterMs);
}

/** FNV-1a with the last mix of MurmurHash3, since texts that differ in the last digit must lie far apart. 32 bits. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
