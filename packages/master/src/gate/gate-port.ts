/** What the rest of the master and the gate want of each other. */
import type { RunChangeSet, WorkflowId, WorkflowInstanceId } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';
import type { AdmissionLimits, InUse } from './admission.ts';
import type { KeepTryingDeps } from './keep-trying.ts';

export interface Gate {
  /** Resolves when it is known which runs are live. */
  open(): Promise<void>;
  /** Every open run has been taken over that can be: nothing is waited for that has not asked. */
  recovered(): void;
  request(bus: RunBus): void;
  /** A durable end of the run: it wants no turn any more. */
  release(bus: RunBus): void;
  /** A unit of the run is durable. */
  committed(bus: RunBus, unit: RunChangeSet): void;
  /** The run was built from its rows; called before it asks for anything. */
  adopt(bus: RunBus): void;
  /** The bus is given up. What its rows say stays. */
  forget(bus: RunBus): void;
  /** The bus handles nothing any more. */
  setAside(bus: RunBus): Promise<void>;
  /** The run was ended in its rows, without a bus. */
  ended(id: WorkflowInstanceId): void;
  /** A commit of a run of the workflow was refused: who else is live is read again. */
  doubt(id: WorkflowId): Promise<void>;
  /** Room may have become free that the gate is not told of: queued tasks have been placed. */
  look(): void;
  /** It is known which runs are live. */
  isKnown(): boolean;
  /** The bus waits for its turn. */
  asks(bus: RunBus): boolean;
  placeOf(id: WorkflowInstanceId): HeldPlace | undefined;
  /** Runs that hold a place or wait for one. */
  runs(): IterableIterator<WorkflowInstanceId>;
  status(): GateStatus;
}

export interface HeldPlace {
  /** Null: it needs no number, because runs of its workflow are not limited. */
  readonly slot: number | null;
  /** Its rows say that it has it. */
  readonly inRows: boolean;
}

export interface GateStatus {
  /** Runs that wait for other runs of their workflow. */
  readonly waitingForTurn: number;
  readonly waitingForAdmission: number;
  /** Runs that hold a place, in memory or not. */
  readonly liveRuns: number;
}

export interface GateDeps extends KeepTryingDeps {
  readonly store: Pick<MasterStore, 'liveRuns'>;
  readonly timers: TimerQueue;
  readonly limits: AdmissionLimits;
  readonly queued: Pick<InUse, 'queuedTasks' | 'queuedTasksOf'>;
  /** What waiting runs are told is brought up to date this often. */
  readonly refreshMs: number;
}
