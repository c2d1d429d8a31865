/** What the rest of the master and the task groups want of each other. */
import type { RunChangeSet, TaskInstanceId, WorkflowInstanceId } from '@vaquita/core';
import type { MasterStore } from '@vaquita/store';
import type { RunBus } from '../bus/run-bus.ts';
import type { KeepTryingDeps } from '../gate/keep-trying.ts';
import type { TimerQueue } from '../timers/timer-queue.ts';

export interface TaskGroups {
  /** Resolves when groups and holders are known. */
  open(): Promise<void>;
  /** Hint: a group has changed. Asked for by itself from time to time. */
  refresh(): void;
  request(bus: RunBus, id: TaskInstanceId): void;
  release(bus: RunBus, id: TaskInstanceId): void;
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
  /** A commit was refused: who holds slots is read again. */
  doubt(): Promise<void>;
  /** Groups and holders are known. */
  isKnown(): boolean;
  /** The task waits for a slot. */
  waits(bus: RunBus, id: TaskInstanceId): boolean;
  /** Slots that the rows of the run's tasks say they hold. */
  slotsOf(id: WorkflowInstanceId): readonly { readonly id: TaskInstanceId; readonly slot: number }[];
  /** Runs whose tasks hold slots or wait for them. */
  runs(): IterableIterator<WorkflowInstanceId>;
  status(): readonly GroupStatus[];
}

/** A group that is in use. */
export interface GroupStatus {
  readonly name: string;
  /** Null: there is no such group. */
  readonly size: number | null;
  readonly open: boolean;
  readonly held: number;
  readonly waiting: number;
}

export interface TaskGroupsDeps extends KeepTryingDeps {
  readonly store: Pick<MasterStore, 'taskGroups' | 'slotHolders'>;
  readonly timers: TimerQueue;
  /** What waiting tasks are told is brought up to date this often. */
  readonly refreshMs: number;
  /** Groups are read again this often. */
  readonly pollMs: number;
}
