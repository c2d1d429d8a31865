/** What has served its time: how it is found, and how it is removed in units that are small and safe whatever happens meanwhile. */
import type { Epoch, ProjectId, TaskInstanceId, WorkflowId, WorkflowInstanceId, WorkflowState } from '@vaquita/core';
import type { AuditRow } from './api.ts';
import type { Page } from './master.ts';

/** What a removal needs to know of a run. */
export interface RunHead {
  readonly id: WorkflowInstanceId;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly number: number | null;
  readonly state: WorkflowState;
  /** The engine has set it aside: a person is to decide. */
  readonly isAside: boolean;
  /** Its removal has begun and was interrupted. */
  readonly isBeingRemoved: boolean;
  /** Null when its parent is not there any more, too. */
  readonly parentInstanceId: WorkflowInstanceId | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
}

export interface AfterId {
  readonly after: string | null;
  readonly limit: number;
}

export interface DatabaseSpace {
  /** Of the whole database. */
  readonly bytes: number;
  /** Of pages that hold nothing: they are used again before the database grows. */
  readonly freeBytes: number;
  /** Free pages can be given back to the file system while it is in use. */
  readonly canShrink: boolean;
}

export interface RunWeight {
  readonly id: WorkflowInstanceId;
  /** Its task instances and events, counted up to a bound. */
  readonly rows: number;
  readonly tasks: number;
  readonly logBytes: number;
}

export interface RetentionReader {
  /** Runs by id, which is the order in which they were filed. */
  runs(page: AfterId): Promise<Page<RunHead>>;
  /** Workflows that have had more runs than so many, by id. */
  workflowsWithMore(than: number, page: AfterId): Promise<Page<WorkflowId>>;
  /** The newest run of the workflow that is not among its newest `count`; null: it has no more than those. */
  newestBeyond(workflow: WorkflowId, count: number): Promise<WorkflowInstanceId | null>;
  /** Runs of the workflow up to this one, by id. */
  runsUpTo(workflow: WorkflowId, last: WorkflowInstanceId, page: AfterId): Promise<Page<RunHead>>;
  childrenOf(ids: readonly WorkflowInstanceId[], limit: number): Promise<readonly RunHead[]>;
  /** Those of the runs that somebody has ordered to do something, or that owe a worker an order which is younger than `since`. */
  claimed(ids: readonly WorkflowInstanceId[], since: number): Promise<readonly WorkflowInstanceId[]>;
  /** Those of the ids that no row has. */
  missing<Id extends TaskInstanceId | WorkflowInstanceId>(
    what: 'task_instances' | 'workflow_instances',
    ids: readonly Id[],
  ): Promise<readonly Id[]>;
  weigh(ids: readonly WorkflowInstanceId[], upTo: number): Promise<readonly RunWeight[]>;
}

/** What a unit has removed. */
export interface Removed {
  readonly runs: number;
  readonly tasks: readonly TaskInstanceId[];
  readonly events: number;
}

export const PURGED = [
  ...['events', 'commands', 'fires', 'firings', 'watchers', 'things', 'backfillItems', 'backfills', 'audit'],
] as const;
/**
 * `events`: those of no run. `commands`: those that are done. `fires`: records of fire times of schedules, but for those that wait.
 * `firings`: of triggers. `watchers`: who has not looked for a trigger for so long begins anew if he returns. `things`: what was not
 * there any more when those who are left looked, and could see all. `backfills`: those that have ended and whose items have gone before.
 */
export type Purged = (typeof PURGED)[number];

export interface RetentionStore extends RetentionReader {
  /**
   * Removes runs with their task instances, events and orders, in one unit, guarded by the epoch: all of them, or none when one of
   * them is not final any more, has an order pending, or has a child that is not among them.
   * Events that have not been read for listeners or triggers keep their run, where they are read at all.
   * @throws AppError `conflict`: nothing was removed. `fenced`.
   */
  remove(epoch: Epoch, ids: readonly WorkflowInstanceId[]): Promise<Removed>;
  /** A run that is too large for one unit: from now on nobody takes it up again. @throws AppError as `remove`. */
  beginRemoval(epoch: Epoch, id: WorkflowInstanceId, at: number): Promise<void>;
  /** Removes some rows of a run whose removal has begun. */
  thin(epoch: Epoch, id: WorkflowInstanceId, limit: number): Promise<Removed>;
  /** Removes what is older than the moment among the next rows after this one; `next` is null when there is nothing more to look at. */
  purge(
    epoch: Epoch,
    what: Purged,
    options: AfterId & { readonly before: number },
  ): Promise<{ readonly removed: number; readonly next: string | null }>;
  /** Puts on record what has been removed. */
  note(epoch: Epoch, row: AuditRow): Promise<void>;
  space(): Promise<DatabaseSpace>;
  /** Gives so many free pages back to the file system. Of no effect where that cannot be done. */
  shrink(pages: number): Promise<void>;
}
