/** What the leader's master asks of the store. */
import type {
  CommandId,
  CommandRow,
  Epoch,
  NewEvent,
  OutboxRow,
  ProjectId,
  TaskInstanceId,
  TaskInstanceRow,
  TaskState,
  WorkerId,
  WorkflowDocument,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowInstanceRow,
} from '@vaquita/core';

/** Everything one workflow instance's transitions changed since its last commit: one atomic unit. */
export interface RunCommit {
  /** Null when the instance row itself did not change. */
  readonly instance: WorkflowInstanceRow | null;
  /** Gives the instance the next number of its workflow in the same transaction. */
  readonly assignNumber: boolean;
  readonly newTasks: readonly TaskInstanceRow[];
  readonly changedTasks: readonly TaskInstanceRow[];
  readonly events: readonly NewEvent[];
  readonly outboxPut: readonly OutboxRow[];
  /** Dispatch ids whose outbox rows are done. */
  readonly outboxDone: readonly string[];
  /** Commands this commit has carried out: each must still be pending, else the unit is a conflict. */
  readonly commandsDone: readonly { readonly id: CommandId; readonly outcome: string }[];
}

export interface RunRows {
  /** Of the run's project, now. */
  readonly projectName: string;
  readonly instance: WorkflowInstanceRow;
  /** All task instances, in order of creation, not only current ones. */
  readonly tasks: readonly TaskInstanceRow[];
  readonly outbox: readonly OutboxRow[];
  readonly document: WorkflowDocument;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass it back to go on; null at the end. */
  readonly next: string | null;
}

export interface DispatchOrigin {
  readonly workflowInstanceId: WorkflowInstanceId;
  readonly projectId: ProjectId;
  readonly taskInstanceId: TaskInstanceId;
  readonly taskName: string;
  readonly state: TaskState;
  readonly workerId: WorkerId | null;
}

export interface MasterStore {
  /**
   * Writes one unit, guarded by the epoch: when `epoch` is not the epoch of a held `/lock/leader`, nothing is written.
   * @returns the instance's number when it was assigned.
   * @throws AppError `fenced`, `conflict`, `database_busy`.
   */
  commit(epoch: Epoch, unit: RunCommit): Promise<{ readonly number: number | null }>;
  loadRun(id: WorkflowInstanceId): Promise<RunRows | undefined>;
  /** Non-terminal instances by id, keyset-paged: what a new leader takes over. */
  openInstances(options: { readonly after: string | null; readonly limit: number }): Promise<Page<WorkflowInstanceId>>;
  /** Commands not yet done, oldest first within priority. */
  pendingCommands(limit: number): Promise<readonly CommandRow[]>;
  /** Ends a command that cannot be carried out (its instance is gone, its state forbids it), with the reason. */
  rejectCommand(epoch: Epoch, id: CommandId, outcome: string): Promise<void>;
  /** Which attempt a dispatch is or was the sending of: undefined when it was taken back, or never was. */
  findDispatch(dispatchId: string): Promise<DispatchOrigin | undefined>;
  workers: WorkerStore;
}

export interface WorkerRow {
  readonly id: WorkerId;
  readonly name: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly slots: number;
  readonly state: 'online' | 'offline' | 'draining';
  readonly agentVersion: string;
  readonly runtime: string;
  readonly host: string;
  readonly taskTypes: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly connectedAt: number | null;
  readonly lastHeartbeatAt: number | null;
  /** The newest heartbeat's figures (cpu, memory, load, slotsUsed, loopLagMs, …). */
  readonly stats: Readonly<Record<string, number>>;
  readonly updatedAt: number;
}

/** A change of a worker's state and its `worker.state` event are one unit; a state that stays writes no event. */
export interface WorkerStore {
  /** `why` the worker is in this state, for the event. */
  upsert(row: WorkerRow, why: string): Promise<void>;
  /** Heartbeats of many workers in one unit. */
  beat(
    beats: readonly { readonly id: WorkerId; readonly at: number; readonly stats: Readonly<Record<string, number>> }[],
  ): Promise<void>;
  /** @throws AppError `not_found`. */
  setState(
    id: WorkerId,
    change: { readonly state: WorkerRow['state']; readonly at: number; readonly why: string },
  ): Promise<void>;
  list(): Promise<readonly WorkerRow[]>;
  get(id: WorkerId): Promise<WorkerRow | undefined>;
  /** Checks a worker token: undefined when unknown or revoked. Advances its last use at most once a minute. */
  findToken(secretHash: string, now: number): Promise<{ readonly id: string; readonly name: string } | undefined>;
}

/** Used by callers that only need the workflow's newest document. */
export interface DefinitionSource {
  document(workflowId: WorkflowId, version: number): Promise<WorkflowDocument | undefined>;
}
