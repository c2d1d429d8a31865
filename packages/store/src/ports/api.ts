/** What the API asks of the store, one port per aggregate. Every list is keyset-paged and stable under inserts. */
import type {
  BalancingPolicy,
  CommandRow,
  Id,
  NewEvent,
  ParamDefinition,
  ProjectId,
  RunOriginKind,
  TaskInstanceId,
  TaskInstanceRow,
  WorkerId,
  WorkflowDocument,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowInstanceRow,
  WorkflowState,
} from '@vaquita/core';
import type { Page, TaskGroupRow, WorkerGroupRow, WorkerRow, WorkerStanding } from './master.ts';

export interface PageRequest {
  /** At most 500. */
  readonly limit: number;
  /** Opaque; from the page before. A malformed one is `bad_request`. */
  readonly cursor: string | null;
}

export interface ProjectRow {
  readonly id: ProjectId;
  readonly name: string;
  readonly description: string;
  /** What every task of its workflows can read, below the workflow's own parameters. */
  readonly params: readonly ParamDefinition[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface ProjectStore {
  /** @throws AppError `name_in_use`. */
  create(row: ProjectRow): Promise<void>;
  /** By id or by name. */
  find(idOrName: string): Promise<ProjectRow | undefined>;
  list(page: PageRequest): Promise<Page<ProjectRow>>;
  /** @throws AppError `name_in_use`. */
  update(
    id: ProjectId,
    change: {
      readonly name?: string;
      readonly description?: string;
      readonly params?: readonly ParamDefinition[];
      readonly at: number;
    },
  ): Promise<void>;
  /** @throws AppError `conflict` while the project holds workflows. */
  delete(id: ProjectId): Promise<void>;
}

export interface WorkflowRow {
  readonly id: WorkflowId;
  readonly projectId: ProjectId;
  readonly name: string;
  readonly description: string;
  /** Newest version. */
  readonly version: number;
  readonly online: boolean;
  readonly taskCount: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface WorkflowVersionRow {
  readonly workflowId: WorkflowId;
  readonly version: number;
  readonly document: WorkflowDocument;
  /** SHA-256 of the canonical document, hex. */
  readonly contentHash: string;
  readonly createdBy: string;
  readonly createdAt: number;
}

/** Each change and the event that tells of it are one unit: both are written, or neither. */
/** What a change of a workflow says of its tasks, found by comparing with the version `base`. */
export interface TaskChanges {
  readonly base: number;
  readonly events: readonly NewEvent[];
}

/** Of all projects where none is named. */
export interface WorkflowFilter {
  readonly projectId?: ProjectId;
  readonly online?: boolean;
  /** How names begin. Small and capital letters of ASCII are the same. */
  readonly prefix?: string;
}

export interface WorkflowStore {
  /** Saves version 1. @throws AppError `name_in_use`. */
  create(row: WorkflowRow, first: WorkflowVersionRow, event: NewEvent, tasks?: readonly NewEvent[]): Promise<void>;
  /**
   * Saves a new version unless the content hash equals the newest one's. The event is written only with a new version,
   * whose number is put into its data as `version`. With `tasks`, nothing is saved when their base is not the newest.
   * @returns the version that now is newest. @throws AppError `name_in_use`, `not_found`.
   */
  saveVersion(
    id: WorkflowId,
    change: {
      readonly name: string;
      readonly description: string;
      readonly taskCount: number;
      readonly document: WorkflowDocument;
      readonly contentHash: string;
      readonly createdBy: string;
      readonly at: number;
    },
    event: NewEvent,
    tasks?: TaskChanges,
  ): Promise<{ readonly version: number; readonly created: boolean }>;
  find(projectId: ProjectId, idOrName: string): Promise<WorkflowRow | undefined>;
  /** By name, small and capital letters of ASCII being the same; equal names by id. */
  list(filter: WorkflowFilter, page: PageRequest): Promise<Page<WorkflowRow>>;
  /** Those of the project that there are, by ids or by names, each once with its newest document. @param refs at most 500 */
  newest(
    projectId: ProjectId,
    refs: readonly string[],
  ): Promise<readonly (WorkflowRow & { readonly document: WorkflowDocument })[]>;
  version(id: WorkflowId, version: number): Promise<WorkflowVersionRow | undefined>;
  versions(id: WorkflowId, page: PageRequest): Promise<Page<Omit<WorkflowVersionRow, 'document'>>>;
  /**
   * At the time of the event. One that is as asked already stays untouched, and no event is written.
   * @returns whether it changed. @throws AppError `not_found`.
   */
  setOnline(id: WorkflowId, online: boolean, event: NewEvent): Promise<boolean>;
  /**
   * Removes the workflow and its versions.
   * @throws AppError `conflict` while it has runs that have not ended, and when the base of `tasks` is not the newest version.
   */
  delete(id: WorkflowId, event: NewEvent, tasks?: TaskChanges): Promise<void>;
}

export interface InstanceFilter {
  readonly projectId?: ProjectId;
  readonly workflowId?: WorkflowId;
  readonly states?: readonly WorkflowState[];
  /** Runs that tasks of this run started. */
  readonly parentId?: WorkflowInstanceId;
  /** Runs that this schedule, backfill or trigger has started, or any of a kind. */
  readonly origin?: { readonly id: string } | { readonly kind: RunOriginKind };
  /** Created from this moment on, and before that one, in epoch ms. */
  readonly from?: number;
  readonly to?: number;
  /** The run of `workflowId` with this number. Without a workflow none is meant. */
  readonly number?: number;
}

export interface CountsWish {
  /** Epoch ms. */
  readonly since: number;
  /** How long a span is. Spans begin at multiples of it. */
  readonly everyMs: number;
  /** How many runs are counted at most, the newest. */
  readonly most: number;
}

export interface CountsOverTime {
  /** `at`: when the span begins. */
  readonly spans: readonly { readonly at: number; readonly state: WorkflowState; readonly count: number }[];
  /** When the oldest that was counted was created, if there were more than were to be counted. */
  readonly from: number | null;
}

export interface InstanceStore {
  /**
   * Files a run: the instance row (state `submitted`), its `start` command, the created event, and who asked for it, in
   * one transaction.
   */
  start(row: WorkflowInstanceRow, command: CommandRow, event: NewEvent, audit?: AuditRow): Promise<void>;
  find(id: string): Promise<WorkflowInstanceRow | undefined>;
  /** Newest first. Of an origin a page may hold fewer than asked for, also none, and still have a next one. */
  list(filter: InstanceFilter, page: PageRequest): Promise<Page<WorkflowInstanceRow>>;
  /** All of them, in order of creation, as they are at one moment. */
  tasks(id: WorkflowInstanceId): Promise<readonly TaskInstanceRow[]>;
  /** The same by pages. */
  taskPage(id: WorkflowInstanceId, page: PageRequest): Promise<Page<TaskInstanceRow>>;
  task(id: string): Promise<TaskInstanceRow | undefined>;
  countsByState(since: number): Promise<Readonly<Partial<Record<WorkflowState, number>>>>;
  /** Runs by when they were created and by state, oldest first. Spans without runs are left out. */
  countsOverTime(wish: CountsWish): Promise<CountsOverTime>;
  /** Runs that the engine has set aside, newest first. */
  setAside(limit: number): Promise<readonly WorkflowInstanceRow[]>;
}

/** Changes are told to the leader by an event `task_group.changed` with the group's name, in the same unit. */
export interface TaskGroupStore {
  /** @throws AppError `name_in_use`. */
  create(row: TaskGroupRow, event: NewEvent): Promise<void>;
  /** By id or by name. */
  find(idOrName: string): Promise<TaskGroupRow | undefined>;
  list(page: PageRequest): Promise<Page<TaskGroupRow>>;
  /** @throws AppError `not_found`. */
  update(
    id: TaskGroupRow['id'],
    change: { readonly description?: string; readonly size?: number; readonly open?: boolean },
    event: NewEvent,
  ): Promise<void>;
  /** @throws AppError `conflict` while tasks hold its slots or wait for them. */
  delete(id: TaskGroupRow['id'], event: NewEvent): Promise<void>;
  /** Task instances of the group that have not ended, holders first, then in the order they will be served. */
  members(name: string, page: PageRequest): Promise<Page<TaskInstanceRow>>;
  /** Slots held now, per group: a count of rows, never a counter. */
  held(): Promise<Readonly<Record<string, number>>>;
}

/** What names a worker group, and would be stuck without the workers that were put into it. */
export interface WorkerGroupUses {
  /** Workflows whose newest version names it, in order of their names; at most as many as were asked for. */
  readonly workflows: readonly { readonly project: string; readonly workflow: string }[];
  /** Runs that have not ended and whose tasks go there unless they say otherwise. */
  readonly runs: number;
  /** Tasks for workers that have not ended. */
  readonly tasks: number;
}

/** Changes are told to the leader by an event `worker_group.changed` with the group's name, in the same unit. */
export interface WorkerGroupStore {
  /** @throws AppError `name_in_use`. */
  create(row: WorkerGroupRow, event: NewEvent): Promise<void>;
  /** By id or by name. */
  find(idOrName: string): Promise<WorkerGroupRow | undefined>;
  /** All of them, by name: they are few. */
  all(): Promise<readonly WorkerGroupRow[]>;
  /** @throws AppError `not_found`. */
  update(
    id: WorkerGroupRow['id'],
    change: {
      readonly description?: string;
      readonly policy?: BalancingPolicy;
      readonly workers?: readonly string[];
    },
    event: NewEvent,
  ): Promise<void>;
  /** Puts a worker into the group, or takes it out again; whatever else happens to the list meanwhile. @throws AppError `not_found`. */
  assign(
    id: WorkerGroupRow['id'],
    change: { readonly worker: string; readonly assigned: boolean },
    event: NewEvent,
  ): Promise<void>;
  /** @throws AppError `not_found`. */
  delete(id: WorkerGroupRow['id'], event: NewEvent): Promise<void>;
  uses(name: string, limit: number): Promise<WorkerGroupUses>;
  /** Tasks that wait for a worker now, per group: a count of rows. */
  queued(): Promise<Readonly<Record<string, number>>>;
}

export interface CommandStore {
  /** Files a command. The same id twice is the same command. */
  file(command: CommandRow): Promise<void>;
  /** Files many in one unit. */
  fileAll(commands: readonly CommandRow[]): Promise<void>;
  /** How a command ended: pending (null) or its outcome. */
  outcome(id: string): Promise<{ readonly done: boolean; readonly outcome: string | null } | undefined>;
  pendingCount(): Promise<number>;
}

export interface EventRow extends NewEvent {
  readonly seq: number;
}

export interface EventStore {
  /** Events with `seq` greater than the cursor, in order. */
  after(
    seq: number,
    options: { readonly limit: number; readonly workflowInstanceId?: WorkflowInstanceId },
  ): Promise<readonly EventRow[]>;
  latestSeq(): Promise<number>;
}

export interface IdempotencyRow {
  /** `<user or token id> <method> <path> <Idempotency-Key>`. */
  readonly key: string;
  readonly bodyHash: string;
  /** 0: claimed, and not answered; 1: nobody holds the claim, and nobody knows whether the request was carried out. */
  readonly status: number;
  readonly response: string;
  /** The server that handles the request, or has handled it; '' when an older version did. */
  readonly claimedBy: string;
  readonly createdAt: number;
}

export interface AuditRow {
  readonly id: Id<'audit'>;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Which records of the audit log are asked for: those to which all that is given applies. */
export interface AuditFilter {
  readonly actor?: string;
  readonly action?: string;
  readonly subject?: string;
  /** From this moment on, and before that one; by the time in the ids of the records. */
  readonly from?: number;
  readonly to?: number;
}

/** What the audit log knows, each in alphabetical order and at most as many as were asked for. */
export interface AuditWords {
  readonly actors: readonly string[];
  readonly actions: readonly string[];
}

export interface RequestStore {
  /** Claims the key for a server: undefined when it is new (then `finish` or `abandon` follows), the recorded row when it was used. */
  claim(key: string, bodyHash: string, at: number, by: string): Promise<IdempotencyRow | undefined>;
  /** Goes on with a claim that nobody holds any more. @returns false when it is not as in this row: somebody else was first. */
  takeOver(row: IdempotencyRow, by: string): Promise<boolean>;
  finish(key: string, status: number, response: string): Promise<void>;
  /** Lets go of a claim that this server holds. With `mayBeDone` the row stays, with status 1. */
  abandon(key: string, by: string, options?: { readonly mayBeDone: boolean }): Promise<void>;
  /** Forgets keys older than the moment. */
  purge(before: number): Promise<number>;
  audit(row: AuditRow): Promise<void>;
  auditEntry(id: string): Promise<AuditRow | undefined>;
  /** Newest first. */
  auditLog(page: PageRequest, filter?: AuditFilter): Promise<Page<AuditRow>>;
  /** Who has done something, and what has been done: read along the indices, whatever the size of the log. */
  auditWords(limit: number): Promise<AuditWords>;
}

/** What people decide about workers. */
export interface WorkerControl {
  /**
   * Decides anew about a worker, if what was decided before is still as the caller has seen it. The event is part of the unit.
   * @returns false when somebody else was first; nothing has changed.
   */
  decide(
    id: WorkerId,
    change: { readonly before: WorkerStanding | null; readonly after: WorkerStanding },
    event: NewEvent,
  ): Promise<boolean>;
}

export interface WorkerReader {
  list(): Promise<readonly WorkerRow[]>;
  get(id: string): Promise<WorkerRow | undefined>;
}

/** Where task logs are kept: outside the state tables. Offsets are bytes. */
export interface LogStore {
  /**
   * Appends at the offset; bytes the log already holds are skipped, so a repeated chunk is harmless. A chunk that
   * starts past the end leaves a marker line with the number of lost bytes.
   * @returns the offset up to which the log now holds everything.
   */
  append(id: TaskInstanceId, offset: number, chunk: Uint8Array): Promise<number>;
  /** At most `limit` bytes from the offset, cut at a character border. */
  read(
    id: TaskInstanceId,
    offset: number,
    limit: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly size: number }>;
  size(id: TaskInstanceId): Promise<number>;
  delete(ids: readonly TaskInstanceId[]): Promise<void>;
  /** The task instances that have a log, some at a time, in no order; those that come or go meanwhile may be missing. */
  owners(): AsyncIterable<readonly TaskInstanceId[]>;
  /** Calls back after each append, at once in the same process; returns how to stop. A hint: the log is the truth. */
  watch(id: TaskInstanceId, onGrown: () => void): () => void;
}
