/** Workers that are connected now, and whose turn it is. Slots in use are asked of the live dispatches. */
import type { WorkerId } from '@vaquita/core';
import type { CloseReason, MasterOrder, SendOutcome } from '@vaquita/protocol';
import type { LiveDispatches } from './live-dispatches.ts';

export interface ConnectedWorker {
  readonly id: WorkerId;
  readonly name: string;
  readonly groups: readonly string[];
  readonly slots: number;
  readonly taskTypes: ReadonlySet<string>;
  readonly sessionTimeoutMs: number;
  send(message: MasterOrder): SendOutcome;
  close(reason: CloseReason, text: string): void;
}

export interface WorkerPool {
  join(worker: ConnectedWorker): void;
  leave(worker: ConnectedWorker): void;
  get(id: WorkerId): ConnectedWorker | undefined;
  byName(name: string): ConnectedWorker | undefined;
  /** The next worker of the group, round robin, that can run the type and has a free slot. */
  nextFree(group: string, type: string): ConnectedWorker | undefined;
  /** While it rests the worker gets nothing: it refuses, or does not answer. Leaving ends the rest. */
  setResting(id: WorkerId, resting: boolean): void;
  /** True when some connected worker of the group can run the type, free or not. */
  canRun(group: string, type: string): boolean;
  all(): readonly ConnectedWorker[];
}

export function createWorkerPool(live: LiveDispatches): WorkerPool {
  const workers = new Map<WorkerId, ConnectedWorker>();
  const rings = new Map<string, { readonly members: ConnectedWorker[]; next: number }>();

  const resting = new Set<WorkerId>();

  function isFree(worker: ConnectedWorker): boolean {
    return !resting.has(worker.id) && live.slotsUsed(worker.id) < worker.slots;
  }

  return {
    join(worker) {
      workers.set(worker.id, worker);
      for (const group of worker.groups) {
        const ring = rings.get(group) ?? { members: [], next: 0 };
        ring.members.push(worker);
        rings.set(group, ring);
      }
    },
    leave(worker) {
      if (workers.get(worker.id) === worker) {
        workers.delete(worker.id);
        resting.delete(worker.id);
      }
      for (const group of worker.groups) {
        const ring = rings.get(group);
        const at = ring?.members.indexOf(worker) ?? -1;
        if (!ring || at < 0) continue;
        ring.members.splice(at, 1);
        if (at < ring.next) ring.next -= 1;
        if (ring.members.length === 0) rings.delete(group);
      }
    },
    get: (id) => workers.get(id),
    setResting(id, rests) {
      if (rests) resting.add(id);
      else resting.delete(id);
    },
    byName: (name) => [...workers.values()].find((worker) => worker.name === name),
    nextFree(group, type) {
      const ring = rings.get(group);
      if (!ring) return undefined;
      for (let step = 0; step < ring.members.length; step++) {
        const at = (ring.next + step) % ring.members.length;
        const worker = ring.members[at]!;
        if (worker.taskTypes.has(type) && isFree(worker)) {
          ring.next = (at + 1) % ring.members.length;
          return worker;
        }
      }
      return undefined;
    },
    canRun: (group, type) => rings.get(group)?.members.some((worker) => worker.taskTypes.has(type)) ?? false,
    all: () => [...workers.values()],
  };
}
