/** What a worker hears from a server that does not lead. */
import type { Clock } from '@vaquita/core';
import { createMasterSession, type Wire } from '@vaquita/protocol';

export function refuseForNow(wire: Wire, clock: Clock, retryAfterMs: number): void {
  createMasterSession(wire, {
    clock,
    onHello: () => Promise.resolve({ type: 'redirect', url: null, retryAfterMs }),
    onMessage: () => {},
    onHeartbeat: () => {},
    onClosed: () => {},
  });
}
