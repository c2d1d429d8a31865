/** How long to wait before connecting again: at once the first time, then doubling with full jitter up to a cap. */
import type { Random } from '@vaquita/core';
import { RECONNECT_BASE_MS, RECONNECT_CAP_MS } from '@vaquita/protocol';

/** `failures`: attempts in a row that did not come to a welcome; a session that ended after its welcome counts none. */
export function reconnectDelayMs(failures: number, random: Pick<Random, 'next'>): number {
  if (failures <= 0) return 0;
  const ceiling = Math.min(RECONNECT_CAP_MS, RECONNECT_BASE_MS * 2 ** Math.min(failures - 1, 30));
  // Half of it is certain, so that many workers spread out and none of them hammers the server.
  return Math.round(ceiling / 2 + (ceiling / 2) * random.next());
}
