/** Backfills: what people ask and decide, what a plan is made from, and what the leader's duty asks. */
import type {
  BackfillId,
  BackfillItemRow,
  BackfillItemState,
  BackfillRow,
  BackfillState,
  Epoch,
  NewEvent,
  PastRun,
  ProgressItem,
  ProjectId,
  Reason,
  WorkflowDocument,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowState,
} from '@vaquita/core';
import type { AuditRow, PageRequest } from './api.ts';
import type { Filing, Page } from './master.ts';

export interface BackfillFilter {
  readonly projectId?: ProjectId;
  readonly workflowId?: WorkflowId;
  readonly state?: BackfillState;
}

export interface BackfillItemFilter {
  /** As people see it. */
  readonly state?: BackfillItemState;
  readonly workflowId?: WorkflowId;
}

/** Items by state, as people see it. */
export type BackfillCounts = Readonly<Record<BackfillItemState, number>>;

/** An item as people see it: its state is that of its run. */
export interface ShownBackfillItem extends BackfillItemRow {
  /** Its newest run; the state is null when that has been removed. */
  readonly run: {
    readonly id: WorkflowInstanceId;
    readonly number: number | null;
    readonly state: WorkflowState | null;
  } | null;
}

/**
 * `retry` has items wait again that failed or that were blocked, but for those whose run goes on or has succeeded after all. With
 * `positions` it has these wait again, each of which must have failed; what they had blocked is freed by the leader.
 * `cancel` ends what waits; what runs goes on to its end.
 */
export type BackfillChange =
  | { readonly kind: 'pause' | 'resume' | 'cancel' }
  | { readonly kind: 'retry'; readonly positions?: readonly number[] }
  | { readonly kind: 'edit'; readonly parallelism?: number; readonly description?: string };

/** What tells of a change, in the same unit; `by` and `at` are those of the event. */
export interface ToldBackfill {
  readonly event: NewEvent;
  readonly audit: AuditRow;
}

export interface BackfillStore {
  /** @throws AppError `conflict`: another backfill has one of its times, or it is there already; nothing was written. */
  create(row: BackfillRow, items: readonly BackfillItemRow[], told: ToldBackfill): Promise<void>;
  find(id: string): Promise<BackfillRow | undefined>;
  /** Newest first. */
  list(filter: BackfillFilter, page: PageRequest): Promise<Page<BackfillRow>>;
  counts(ids: readonly BackfillId[]): Promise<ReadonlyMap<BackfillId, BackfillCounts>>;
  /** In the order of starting. */
  items(id: BackfillId, filter: BackfillItemFilter, page: PageRequest): Promise<Page<ShownBackfillItem>>;
  /**
   * @returns items that it has changed. @throws AppError `conflict`: it is not as it was read, another backfill has a time that would
   * wait again, or one of the chosen items has not failed; nothing was written.
   */
  change(
    before: Pick<BackfillRow, 'id' | 'revision' | 'state'>,
    change: BackfillChange,
    told: ToldBackfill,
  ): Promise<number>;
}

/** A workflow whose newest version has a `dependent` task. */
export interface DependentWorkflow {
  readonly projectId: ProjectId;
  readonly projectName: string;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly version: number;
  readonly online: boolean;
  readonly document: WorkflowDocument;
}

/** Another backfill whose items have the same times. */
export interface BackfillHolder {
  readonly backfillId: BackfillId;
  readonly description: string;
  readonly times: number;
  readonly first: number;
}

/** What a plan is made from. */
export interface BackfillSources {
  /** By id of the workflow. */
  dependents(page: { readonly after: string | null; readonly limit: number }): Promise<Page<DependentWorkflow>>;
  /** Backfills with items of the version that wait or run at one of the times. */
  holders(workflowId: WorkflowId, version: number, times: readonly number[]): Promise<readonly BackfillHolder[]>;
  /** Runs of these business times that have succeeded or may yet: no dry runs; of one time the oldest first. */
  runsAt(
    workflowId: WorkflowId,
    times: readonly number[],
  ): Promise<
    readonly { readonly businessTime: number; readonly id: WorkflowInstanceId; readonly state: WorkflowState }[]
  >;
  /** The newest runs that have succeeded. */
  history(workflowId: WorkflowId, limit: number): Promise<readonly PastRun[]>;
  /** How long runs of one backfill took that have succeeded, by workflow. */
  historyOf(id: BackfillId): Promise<ReadonlyMap<WorkflowId, PastRun>>;
}

export interface RunningItem {
  readonly backfillId: BackfillId;
  readonly position: number;
  readonly workflowInstanceId: WorkflowInstanceId;
  /** Null: the run is gone. */
  readonly run: WorkflowState | null;
}

export interface ItemChange {
  readonly backfillId: BackfillId;
  readonly position: number;
  readonly from: BackfillItemState;
  /** `waiting`: a backfill that is done goes on because of it. */
  readonly to: BackfillItemState;
  readonly reason: string | null;
  /** Of the backfill from which it follows: somebody who has changed that meanwhile comes first. Absent: whatever has become of it. */
  readonly revision?: number;
}

/** What the leader asks. Writes are guarded by the epoch. */
export interface BackfillQueue {
  /** Those that run, oldest first. */
  active(limit: number): Promise<readonly BackfillRow[]>;
  /** Items of all backfills that run, also of those that were paused or cancelled since. */
  running(): Promise<readonly RunningItem[]>;
  /** Failed items, of backfills that nobody has cancelled, whose run has succeeded since. */
  recovered(limit: number): Promise<readonly RunningItem[]>;
  items(id: BackfillId): Promise<readonly ProgressItem[]>;
  /**
   * Files a run and has its item run, in one unit.
   * @throws AppError `conflict`: the item does not wait, the backfill does not run or is not as it was read, or the version is gone.
   * `fenced`: nothing was written. `outcome_unknown`.
   */
  start(
    epoch: Epoch,
    item: { readonly backfill: Pick<BackfillRow, 'id' | 'revision'>; readonly position: number },
    filing: Filing,
  ): Promise<void>;
  /** All of them, or none when an item is not as it was, or its backfill where that is named. @throws AppError as `start`. */
  settle(epoch: Epoch, changes: readonly ItemChange[], at: number): Promise<void>;
  /** Says why nothing is started, or with `done` that nothing waits or runs any more. @throws AppError `conflict`, `fenced`. */
  mark(
    epoch: Epoch,
    backfill: Pick<BackfillRow, 'id' | 'revision'>,
    what: { readonly hold: Reason | null } | { readonly done: NewEvent },
  ): Promise<void>;
  figures(): Promise<BackfillFigures>;
}

export interface BackfillFigures {
  readonly running: number;
  readonly paused: number;
  /** Items of those that run or are paused. */
  readonly itemsWaiting: number;
  readonly itemsRunning: number;
}
