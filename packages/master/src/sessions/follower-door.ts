/** What a worker hears from a server that does not lead. */
import type { Clock } from '@vaquita/core';
import { createMasterSession, type Wire } from '@vaquita/protocol';

/** @param url the worker socket of the server that leads, when it is known. */
export function refuseForNow(wire: Wire, clock: Clock, retryAfterMs: number, url: string | null = null): void {
  createMasterSession(wire, {
    clock,
    onHello: () => Promise.resolve({ type: 'redirect', url, retryAfterMs }),
    onMessage: () => {},
    onHeartbeat: () => {},
    onClosed: () => {},
  });
}
