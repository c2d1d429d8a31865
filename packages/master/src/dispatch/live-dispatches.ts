/**
 * Which dispatches are live, and on which worker. The only place that says how many slots are in use: the figure is
 * the size of a set of live attempts, never a counter.
 *
 * D1 A dispatch id is in here from its placement until its run says that it is over.
 * D2 While a run is rebuilt from its rows its dispatches are with no bus, and still take their slots.
 */
import type { DispatchId, TaskInstanceId, WorkerId, WorkflowInstanceId } from '@vaquita/core';
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
  /** Forgets the dispatches of a run that is dropped from memory. */
  removeRun(bus: RunBus): void;
  /** The run is being rebuilt (D2). */
  suspendRun(bus: RunBus): void;
  /** The rebuild is over: slots of dispatches that were not added again are free. @returns whether there were any. */
  endSuspension(id: WorkflowInstanceId): boolean;
  /** Calls back whenever the slots in use of a worker have changed. */
  watch(onChange: (id: WorkerId) => void): void;
  all(): IterableIterator<LiveDispatch>;
  /** Slots in use for dispatches that are neither live nor suspended: there should be none. */
  strays(): readonly { readonly dispatch: DispatchId; readonly worker: WorkerId }[];
  /** Frees the slot of a stray. */
  free(dispatch: DispatchId, worker: WorkerId): void;
  readonly size: number;
}

export function createLiveDispatches(): LiveDispatches {
  const all = new Map<DispatchId, LiveDispatch>();
  const byWorker = new Map<WorkerId, Set<DispatchId>>();
  const suspended = new Map<WorkflowInstanceId, readonly LiveDispatch[]>();
  let changed: (id: WorkerId) => void = () => {};

  function freeSlot({ id, workerId }: Pick<LiveDispatch, 'id' | 'workerId'>): void {
    const held = byWorker.get(workerId);
    held?.delete(id);
    if (held?.size === 0) byWorker.delete(workerId);
    changed(workerId);
  }

  function endSuspension(id: WorkflowInstanceId): boolean {
    const over = (suspended.get(id) ?? []).filter((dispatch) => !all.has(dispatch.id));
    for (const dispatch of over) freeSlot(dispatch);
    suspended.delete(id);
    return over.length > 0;
  }

  function ofRun(bus: RunBus): readonly LiveDispatch[] {
    return [...all.values()].filter((dispatch) => dispatch.bus === bus);
  }

  function remove(id: DispatchId): void {
    const dispatch = all.get(id);
    if (!dispatch) return;
    all.delete(id);
    freeSlot(dispatch);
  }

  return {
    add(dispatch) {
      all.set(dispatch.id, dispatch);
      const held = byWorker.get(dispatch.workerId);
      if (held) held.add(dispatch.id);
      else byWorker.set(dispatch.workerId, new Set([dispatch.id]));
      changed(dispatch.workerId);
    },
    remove,
    get: (id) => all.get(id),
    ofWorker: (id) =>
      Array.from(byWorker.get(id) ?? [], (dispatchId) => all.get(dispatchId)).filter((one) => one !== undefined),
    ofRun,
    slotsUsed: (id) => byWorker.get(id)?.size ?? 0,
    workers: () => [...byWorker.keys()],
    removeRun(bus) {
      for (const dispatch of ofRun(bus)) remove(dispatch.id);
      endSuspension(bus.id);
    },
    suspendRun(bus) {
      endSuspension(bus.id);
      const held = ofRun(bus);
      for (const { id } of held) all.delete(id);
      suspended.set(bus.id, held);
    },
    endSuspension,
    watch(onChange) {
      changed = onChange;
    },
    all: () => all.values(),
    strays() {
      const known = new Set([...suspended.values()].flat().map(({ id }) => id));
      return Array.from(byWorker, ([worker, held]) =>
        [...held].filter((id) => !all.has(id) && !known.has(id)).map((dispatch) => ({ dispatch, worker })),
      ).flat();
    },
    free: (dispatch, worker) => freeSlot({ id: dispatch, workerId: worker }),
    get size() {
      return all.size;
    },
  };
}
