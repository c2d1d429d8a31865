/** What the leader's master asks of the store. */
import type {
  BalancingPolicy,
  CommandId,
  CommandRow,
  Epoch,
  Id,
  NewAlert,
  NewEvent,
  NewRun,
  OutboxRow,
  ProjectId,
  RunChangeSet,
  TaskInstanceId,
  TaskInstanceRow,
  TaskState,
  WorkerId,
  WorkflowDocument,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowInstanceRow,
  WorkflowState,
} from '@vaquita/core';
import type { AuditRow } from './api.ts';
import type { ReconcileStore } from './reconcile.ts';
import type { RetentionStore } from './retention.ts';

/**
 * Everything one workflow instance's transitions changed since its last commit: one atomic unit. A store may write only what
 * differs from `writtenBefore`; whatever it writes, the row is afterwards as `changedTasks` has it. Each of `commandsDone` must
 * still be pending, else the unit is a conflict. Runs in `newRuns` are filed as `InstanceStore.start` files them. The same id
 * twice in `newCommands` is the same command, and the same id in `newAlerts` the same alert. A resolution among them is written
 * only where the newest alert of its subject is open, and goes to the group that this went to.
 */
export interface RunCommit extends RunChangeSet {
  /** Of a run that is not in the rows yet: it is filed first, as `InstanceStore.start` does it. */
  readonly filing?: Filing | undefined;
}

/** A run that somebody starts, and who asked for it. */
export interface Filing extends NewRun {
  readonly audit?: AuditRow | undefined;
}

/** What the gate knows of a run that is live or waits for its turn. */
export interface LiveRunRow {
  readonly id: WorkflowInstanceId;
  readonly workflowId: WorkflowId;
  readonly projectId: ProjectId;
  readonly state: WorkflowState;
  readonly executionSlot: number | null;
  readonly queuedAt: number | null;
}

export interface SlotHolderRow {
  readonly taskInstanceId: TaskInstanceId;
  readonly workflowInstanceId: WorkflowInstanceId;
  readonly taskGroup: string;
  readonly groupSlot: number;
}

export interface TaskGroupRow {
  readonly id: Id<'task-group'>;
  readonly name: string;
  readonly description: string;
  /** Tasks of the group that may hold a slot at once. */
  readonly size: number;
  /** Closed: it grants nothing; holders keep what they hold. */
  readonly open: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A worker group that somebody has declared. One that is only named by workers and tasks has no row. */
export interface WorkerGroupRow {
  readonly id: Id<'worker-group'>;
  readonly name: string;
  readonly description: string;
  readonly policy: BalancingPolicy;
  /** Names of workers that were put into it, besides those that name it themselves; each once, in order. */
  readonly workers: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WorkflowTarget {
  readonly projectId: ProjectId;
  readonly projectName: string;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  /** The newest version, or the one asked for; null when there is no such version. */
  readonly version: number | null;
  readonly online: boolean;
  readonly document: WorkflowDocument | null;
}

/** The newest run of a workflow whose business time lies in an interval: a later business time wins, then the later id. */
export interface DependencyRun {
  readonly id: WorkflowInstanceId;
  readonly number: number | null;
  readonly version: number;
  readonly state: WorkflowState;
  readonly businessTime: number;
  readonly endedAt: number | null;
}

export type DependencyAskingRun = Pick<WorkflowInstanceRow, 'id' | 'originKind' | 'originId'>;

/** Reads for tasks that look at other runs. None is part of a unit. */
export interface OtherRunsStore {
  /** By id or name; `project` null is `ownProject`. */
  resolveWorkflow(query: {
    readonly ownProject: ProjectId;
    readonly project: string | null;
    readonly workflow: string;
    readonly version: number | null;
  }): Promise<WorkflowTarget | { readonly missing: 'project' | 'workflow' }>;
  instances(ids: readonly WorkflowInstanceId[]): Promise<readonly WorkflowInstanceRow[]>;
  /**
   * Per interval, in order; undefined where there is none. Dry runs and the run that asks do not count. Where it was started by a
   * backfill, runs of the same one come first: those are what it was made to wait for, whatever else ran for the same day.
   */
  newestIn(
    workflowId: WorkflowId,
    intervals: readonly { readonly from: number; readonly to: number }[],
    asker: DependencyAskingRun,
  ): Promise<readonly (DependencyRun | undefined)[]>;
  /** Whether the workflow has any run besides `not` that is no dry run. */
  hasOther(workflowId: WorkflowId, not: WorkflowInstanceId): Promise<boolean>;
  /** Current task instances of a run, all of them or those of the given names. */
  currentTasks(id: WorkflowInstanceId, names: readonly string[] | null): Promise<readonly TaskInstanceRow[]>;
}

/** What a run is made of beside its own rows. */
export interface RunDefinition {
  /** Of the run's project, now. */
  readonly projectName: string;
  /** The project's parameters, now. */
  readonly projectParams: Readonly<Record<string, string>>;
  readonly document: WorkflowDocument;
}

export interface RunRows extends RunDefinition {
  readonly instance: WorkflowInstanceRow;
  /** All task instances, in order of creation, not only current ones. */
  readonly tasks: readonly TaskInstanceRow[];
  readonly outbox: readonly OutboxRow[];
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
   * @throws AppError `fenced`, `conflict`, `database_busy`, `unavailable`: nothing was written. `outcome_unknown`.
   */
  commit(epoch: Epoch, unit: RunCommit): Promise<{ readonly number: number | null }>;
  loadRun(id: WorkflowInstanceId): Promise<RunRows | undefined>;
  /** What a run of the version is made of. Undefined when the workflow or the version is not there any more. */
  loadDefinition(id: WorkflowId, version: number): Promise<RunDefinition | undefined>;
  /** Non-terminal instances by id, keyset-paged: what a new leader takes over. */
  openInstances(options: { readonly after: string | null; readonly limit: number }): Promise<Page<WorkflowInstanceId>>;
  /** Commands not yet done, oldest first within priority. */
  pendingCommands(limit: number): Promise<readonly CommandRow[]>;
  /** Ends a command that cannot be carried out (its instance is gone, its state forbids it), with the reason. */
  rejectCommand(epoch: Epoch, id: CommandId, outcome: string): Promise<void>;
  /**
   * Writes nothing. Once it has resolved, whatever this store was asked to write before, and answered with
   * `outcome_unknown`, has been written or never will be: then the rows tell. @throws AppError as `commit`.
   */
  settle(epoch: Epoch): Promise<void>;
  /** Records that a server is lost, in one unit, unless the alert was filed before: several may tell of one loss. @throws AppError `fenced`. */
  noteLostServer(epoch: Epoch, event: NewEvent, alert: NewAlert): Promise<void>;
  /** Which attempt a dispatch is or was the sending of: undefined when it was taken back, or never was. */
  findDispatch(dispatchId: string): Promise<DispatchOrigin | undefined>;
  /** Every run that is live or waits for its turn: what a new leader's gate starts from. */
  liveRuns(): Promise<readonly LiveRunRow[]>;
  /** Every task instance that has not ended and holds a slot of a task group. */
  slotHolders(): Promise<readonly SlotHolderRow[]>;
  taskGroups(): Promise<readonly TaskGroupRow[]>;
  workerGroups(): Promise<readonly WorkerGroupRow[]>;
  others: OtherRunsStore;
  workers: WorkerStore;
  reconcile: ReconcileStore;
  retention: RetentionStore;
}

/** What a worker says of itself, and what is known of its connection. */
export interface WorkerFacts {
  readonly id: WorkerId;
  readonly name: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly slots: number;
  /** For policies that weigh; above 0. */
  readonly weight: number;
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

/** `draining`: it takes nothing new. `evicted`: it may not connect, nor another of its name. */
export type WorkerAvailability = 'available' | 'draining' | 'evicted';

/** In the place of what the worker was started with. */
export interface WorkerOverrides {
  readonly slots?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly weight?: number;
  readonly logLevel?: 'debug' | 'info' | 'warn' | 'error';
}

/** What people have decided about a worker; stays until they decide otherwise. */
export interface WorkerStanding {
  readonly availability: WorkerAvailability;
  /** Who has decided so, when, and in their words. */
  readonly by: string;
  readonly at: number;
  readonly why: string;
  readonly overrides: WorkerOverrides;
}

/** Its slots, labels and weight are those that hold; `own` are those that it was started with. */
export interface WorkerRow extends WorkerFacts {
  /** Null: nobody has decided anything. */
  readonly standing: WorkerStanding | null;
  readonly own: Pick<WorkerFacts, 'slots' | 'labels' | 'weight'>;
}

export interface WorkerToken {
  readonly id: string;
  readonly name: string;
  readonly standing: 'valid' | 'revoked' | 'expired';
}

export interface WorkerDecision extends Pick<WorkerRow, 'id' | 'name'> {
  readonly standing: WorkerStanding;
}

/**
 * A change of a worker's state and its `worker.state` event are one unit; a state that stays writes no event. Writes are
 * guarded by the epoch as commits are: who leads no longer says nothing more of workers. @throws AppError `fenced`.
 */
export interface WorkerStore {
  /** `why` the worker is in this state, for the event. `alert` is filed in the same unit. */
  upsert(epoch: Epoch, row: WorkerFacts, why: string, alert?: NewAlert): Promise<void>;
  /** Heartbeats of many workers in one unit. */
  beat(
    epoch: Epoch,
    beats: readonly { readonly id: WorkerId; readonly at: number; readonly stats: Readonly<Record<string, number>> }[],
  ): Promise<void>;
  /** @throws AppError `not_found`. */
  setState(
    epoch: Epoch,
    id: WorkerId,
    change: {
      readonly state: WorkerFacts['state'];
      readonly at: number;
      readonly why: string;
      /** Filed in the same unit, if the state changes. */
      readonly alert?: NewAlert | undefined;
    },
  ): Promise<void>;
  list(): Promise<readonly WorkerRow[]>;
  get(id: WorkerId): Promise<WorkerRow | undefined>;
  /** Workers about which somebody has decided something. */
  standings(): Promise<readonly WorkerDecision[]>;
  /** Of the worker of this id, and of one of this name that is evicted, which comes first. */
  standingsOf(id: WorkerId, name: string): Promise<readonly WorkerDecision[]>;
  /** A worker token, and whether it is still good; undefined when there is none. Advances its last use at most once a minute. */
  findToken(secretHash: string, now: number): Promise<WorkerToken | undefined>;
}

/** Used by callers that only need the workflow's newest document. */
export interface DefinitionSource {
  document(workflowId: WorkflowId, version: number): Promise<WorkflowDocument | undefined>;
}
