/** The newest figures of each worker, written together now and then: many workers cost one small write. */
import type { Clock, TimerHandle, WorkerId } from '@vaquita/core';
import type { WorkerHeartbeat } from '@vaquita/protocol';
import type { WorkerStore } from '@vaquita/store';
import type { Logger } from '../settings.ts';

export interface Heartbeats {
  beat(id: WorkerId, stats: Readonly<Record<string, number>>): void;
  /** It has said something that counts as a sign of life without being a heartbeat. */
  heard(id: WorkerId): void;
  /** When a connected worker was last heard. */
  lastHeardAt(id: WorkerId): number | undefined;
  /** The worker is not connected any more. */
  left(id: WorkerId): void;
  close(): void;
}

export function createHeartbeats(workers: WorkerStore, clock: Clock, flushMs: number, log: Logger): Heartbeats {
  let fresh = new Map<WorkerId, { readonly at: number; readonly stats: Readonly<Record<string, number>> }>();
  const heard = new Map<WorkerId, number>();
  let timer: TimerHandle | undefined;

  async function flush(): Promise<void> {
    timer = undefined;
    const beats = Array.from(fresh, ([id, { at, stats }]) => ({ id, at, stats }));
    fresh = new Map();
    try {
      await workers.beat(beats);
    } catch (error) {
      log.warn('Heartbeats of workers could not be written.', { workers: beats.length, error: String(error) });
    }
  }

  return {
    beat(id, stats) {
      const at = clock.now();
      heard.set(id, at);
      fresh.set(id, { at, stats });
      timer ??= clock.setTimeout(() => void flush(), flushMs);
    },
    heard: (id) => void heard.set(id, clock.now()),
    lastHeardAt: (id) => heard.get(id),
    left: (id) => void heard.delete(id),
    close() {
      if (timer !== undefined) clock.clearTimeout(timer);
    },
  };
}

export function figuresOf(heartbeat: WorkerHeartbeat): Record<string, number> {
  const { cpu, memory, disk, load, loopLagMs, slotsUsed } = heartbeat;
  const known: Record<string, number> = { load, loopLagMs, slotsUsed };
  if (cpu !== null) known.cpu = cpu;
  if (memory !== null) known.memory = memory;
  if (disk !== null) known.disk = disk;
  return known;
}
