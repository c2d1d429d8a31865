/** Triggers and what they have noticed, as people and deliveries need them, and as the leader's duty does. */
import type {
  Epoch,
  NewRun,
  ProjectId,
  TriggerConfig,
  TriggerFiringRow,
  TriggerId,
  TriggerKind,
  TriggerRow,
  WorkflowId,
  WorkflowInstanceId,
  WorkflowInstanceRow,
  WorkflowState,
} from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';

export interface TriggerFilter {
  readonly projectId?: ProjectId;
  readonly workflowId?: WorkflowId;
  readonly kind?: TriggerKind;
}

/** A change by a person: the revision grows with each. */
export interface TriggerEdit {
  readonly name?: string;
  readonly description?: string;
  readonly config?: TriggerConfig;
  readonly start?: TriggerRow['start'];
  readonly secret?: string;
  readonly by: string;
  readonly at: number;
}

/** The trigger as whoever acts for it has read it. */
export type TriggerRevision = Pick<TriggerRow, 'id' | 'revision'>;

/**
 * What was noticed, and the run it starts if it does: one unit. A firing that was refused may be followed by another of the same
 * key, which takes its place; no other.
 */
export interface TriggerFire {
  readonly trigger: TriggerRevision;
  readonly firing: TriggerFiringRow;
  readonly run: NewRun | null;
}

/** `known`: it has been acted on before, as the row says. `changed`: the trigger is not online any more as it was read. */
export type FireAnswer =
  | { readonly answer: 'fired' }
  | { readonly answer: 'known'; readonly firing: TriggerFiringRow }
  | { readonly answer: 'changed' };

export interface TriggerStore {
  /**
   * A new trigger, or one that goes online, notices what happens from then on: `cursor` of the row is set in the same unit, to the end
   * of the record of events, or to the revision of one that looks for files. @throws AppError `name_in_use`, `not_found` without its
   * workflow.
   */
  create(row: TriggerRow): Promise<void>;
  find(id: string): Promise<TriggerRow | undefined>;
  /** In the order in which they were made. */
  list(filter: TriggerFilter, page: PageRequest): Promise<Page<TriggerRow>>;
  /** With another config it begins anew, as if it went online. @throws AppError `name_in_use`, `conflict` when it has changed since, `not_found`. */
  update(trigger: TriggerRevision, change: TriggerEdit): Promise<void>;
  /** @returns whether it changed. @throws AppError `not_found`. */
  setOnline(id: TriggerId, online: boolean, by: string, at: number): Promise<boolean>;
  /** Its firings stay until they are old; what it knows of files goes with it. @throws AppError `not_found`. */
  delete(id: TriggerId): Promise<void>;
  /** Files what a delivery has brought, whoever leads. */
  fire(fire: TriggerFire): Promise<FireAnswer>;
}

export interface FiringStore {
  find(id: TriggerId, key: string): Promise<TriggerFiringRow | undefined>;
  /** Newest first. */
  list(
    id: TriggerId,
    filter: { readonly outcome?: TriggerFiringRow['outcome'] },
    page: PageRequest,
  ): Promise<Page<TriggerFiringRow>>;
  /** Of each trigger that has noticed anything, what it noticed last. */
  newestOf(ids: readonly TriggerId[]): Promise<readonly TriggerFiringRow[]>;
}

/** The end of a run, as the record of events tells of it. */
export interface EndedRun {
  /** Of the event. */
  readonly seq: number;
  readonly at: number;
  readonly state: WorkflowState;
  /** As it is now. */
  readonly run: WorkflowInstanceRow;
}

/** What the leader's duty asks. Writes name the epoch. @throws AppError `fenced` */
export interface TriggerQueue {
  /** Every online trigger of the kind. */
  online(kind: TriggerKind): Promise<readonly TriggerRow[]>;
  /** Ends of runs after `seq`, in order, among the next events; `position`: everything up to there has been looked at. */
  endsAfter(
    seq: number,
    limit: number,
  ): Promise<{ readonly ends: readonly EndedRun[]; readonly position: number; readonly isEnd: boolean }>;
  /** What started a run, while it is remembered. */
  firingOf(run: WorkflowInstanceId): Promise<TriggerFiringRow | undefined>;
  /** As `TriggerStore.fire`; the cursor of the trigger is set to `cursor` in the same unit. */
  fire(epoch: Epoch, fire: TriggerFire & { readonly cursor: number }): Promise<FireAnswer>;
  /** Everything up to `seq` is done for these, as they were read. A cursor never goes back. */
  advance(epoch: Epoch, triggers: readonly TriggerRevision[], seq: number): Promise<void>;
}
