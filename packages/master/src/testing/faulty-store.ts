/** A database that does what a test makes of it, in front of one that works. */
import type { MasterStore, RunCommit, RunRows } from '@vaquita/store';

/** Called before a commit or a load; throws, waits, or does nothing. The others answer in the place of the database. */
export interface Faults {
  commit: ((unit: RunCommit) => void | Promise<void>) | null;
  /** Called when a commit is done, before it is answered; throws in the place of the answer. */
  committed: ((unit: RunCommit) => void) | null;
  /** Called before it is settled what has been written. */
  settle: (() => void) | null;
  load: ((id: string) => void | Promise<void>) | null;
  /** Changes what a load answers. */
  rows: ((rows: RunRows) => RunRows) | null;
  /** Answers in the place of the database when pending commands are read. */
  pending: MasterStore['pendingCommands'] | null;
  /** Answers in the place of the database when open runs are listed. */
  open: MasterStore['openInstances'] | null;
  /** Takes the place of the database when the state of a worker is written. */
  setWorkerState: MasterStore['workers']['setState'] | null;
  /** Answers in the place of the database when live runs are listed. */
  live: MasterStore['liveRuns'] | null;
  /** Answers in the place of the database when a dispatch is looked for. */
  dispatch: MasterStore['findDispatch'] | null;
}

export function createFaultyStore(store: MasterStore): { readonly faults: Faults; readonly store: MasterStore } {
  const faults: Faults = {
    commit: null,
    committed: null,
    settle: null,
    load: null,
    rows: null,
    pending: null,
    open: null,
    setWorkerState: null,
    live: null,
    dispatch: null,
  };
  const faulty: MasterStore = {
    ...store,
    async commit(epochOfCommit, unit) {
      await faults.commit?.(unit);
      const answer = await store.commit(epochOfCommit, unit);
      faults.committed?.(unit);
      return answer;
    },
    async settle(epochOfTerm) {
      faults.settle?.();
      return store.settle(epochOfTerm);
    },
    workers: {
      ...store.workers,
      setState: (...args) => (faults.setWorkerState ?? store.workers.setState)(...args),
    },
    findDispatch: (id) => (faults.dispatch ?? store.findDispatch)(id),
    liveRuns: () => (faults.live ?? store.liveRuns)(),
    openInstances: (page) => (faults.open ?? store.openInstances)(page),
    pendingCommands: (limit) => (faults.pending ?? store.pendingCommands)(limit),
    async loadRun(id) {
      await faults.load?.(id);
      const rows = await store.loadRun(id);
      return rows && faults.rows ? faults.rows(rows) : rows;
    },
  };
  return { faults, store: faulty };
}
