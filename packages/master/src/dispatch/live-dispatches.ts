/**
 * Which dispatches are live, and on which worker. The only place that says how many slots are in use: the figure is
 * the size of a set of live attempts, never a counter.
 *
 * D1 A dispatch id is in here from its placement until its run says that it is over.
 */
import type { DispatchId, TaskInstanceId, WorkerId } from '@vaquita/core';
import type { RunBus } from '../bus/run-bus.ts';

export interface LiveDispatch {
  readonly id: DispatchId;
  readonly taskInstanceId: TaskInstanceId;
  readonly workerId: WorkerId;
  readonly bus: RunBus;
}

export interface LiveDispatches {
  add(dispatch: LiveDispatch): void;
  remove(id: DispatchId): void;
  get(id: DispatchId): LiveDispatch | undefined;
  ofWorker(id: WorkerId): readonly LiveDispatch[];
  ofRun(bus: RunBus): readonly LiveDispatch[];
  slotsUsed(id: WorkerId): number;
  workers(): readonly WorkerId[];
  /** Forgets the dispatches of a run that is dropped from memory or rebuilt. */
  removeRun(bus: RunBus): void;
  readonly size: number;
}

export function createLiveDispatches(): LiveDispatches {
  const all = new Map<DispatchId, LiveDispatch>();
  const byWorker = new Map<WorkerId, Set<DispatchId>>();

  function remove(id: DispatchId): void {
    const dispatch = all.get(id);
    if (!dispatch) return;
    all.delete(id);
    const held = byWorker.get(dispatch.workerId);
    held?.delete(id);
    if (held?.size === 0) byWorker.delete(dispatch.workerId);
  }

  return {
    add(dispatch) {
      all.set(dispatch.id, dispatch);
      const held = byWorker.get(dispatch.workerId);
      if (held) held.add(dispatch.id);
      else byWorker.set(dispatch.workerId, new Set([dispatch.id]));
    },
    remove,
    get: (id) => all.get(id),
    ofWorker: (id) => Array.from(byWorker.get(id) ?? [], (dispatchId) => all.get(dispatchId)!),
    ofRun: (bus) => [...all.values()].filter((dispatch) => dispatch.bus === bus),
    slotsUsed: (id) => byWorker.get(id)?.size ?? 0,
    workers: () => [...byWorker.keys()],
    removeRun(bus) {
      for (const dispatch of [...all.values()]) if (dispatch.bus === bus) remove(dispatch.id);
    },
    get size() {
      return all.size;
    },
  };
}
