/**
 * A backfill: one audited object that runs a workflow, and if asked what depends on it, for many business times. Times are epoch
 * milliseconds.
 */
import type { Id, ProjectId, WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import type { Reason } from '../machine/rows.ts';
import type { StartChoices } from '../machine/start-choices.ts';
import type { ScheduleId } from '../schedule/rows.ts';

export type BackfillId = Id<'backfill'>;

export const BACKFILL_STATES = ['running', 'paused', 'cancelled', 'done'] as const;
export type BackfillState = (typeof BACKFILL_STATES)[number];
export const BACKFILL_ORDERS = ['oldest_first', 'newest_first'] as const;
export type BackfillOrder = (typeof BACKFILL_ORDERS)[number];

/** Which business times it is for, as it was asked for. Ranges: `from` is in them, `to` is not. */
export type BackfillTimes =
  /** `every`: `hour`, `day`, `week`, `month`, or a duration; days and longer go by the clock of the zone. */
  | {
      readonly kind: 'range';
      readonly from: number;
      readonly to: number;
      readonly every: string;
      readonly timezone: string;
    }
  | { readonly kind: 'list' }
  /** Fire times of a schedule; `gaps`: those without a run that succeeded. */
  | {
      readonly kind: 'schedule';
      readonly scheduleId: ScheduleId;
      readonly scheduleName: string;
      readonly only: 'all' | 'gaps';
      readonly from: number;
      readonly to: number;
    };

/** What has to have succeeded: every item of the workflow whose business time lies between these, both inside. */
export interface BackfillWait {
  readonly workflowId: WorkflowId;
  readonly from: number;
  readonly to: number;
}

/** One workflow of a backfill, pinned to a version. */
export interface BackfillMember {
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly workflowName: string;
  readonly version: number;
  /** 0 for the workflow that was asked for; each other one is above all that it depends on. */
  readonly level: number;
  /** The members that its dependent tasks ask about; it may be among them itself. */
  readonly after: readonly WorkflowId[];
}

export interface BackfillRow {
  readonly id: BackfillId;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  /** The schedule whose fire times they are; null when they were listed or cut from a range. */
  readonly scheduleId: ScheduleId | null;
  readonly times: BackfillTimes;
  /** In which its runs evaluate time expressions; null: each in that of its definition. */
  readonly timezone: string | null;
  readonly description: string;
  readonly members: readonly BackfillMember[];
  readonly start: StartChoices;
  readonly order: BackfillOrder;
  /** Runs at once; 1: one after the other. */
  readonly parallelism: number;
  readonly state: BackfillState;
  /** Grows with each change; whoever acts on the backfill names the one he has read. */
  readonly revision: number;
  /** Why nothing of it is started now, though there is something to start; null: nothing is in the way. */
  readonly hold: Reason | null;
  /** Of all its items. */
  readonly items: number;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt: number | null;
}

/** `blocked`: what it waits for did not succeed, so it is not run. */
export const BACKFILL_ITEM_STATES = [
  'waiting',
  'running',
  'success',
  'failure',
  'skipped',
  'blocked',
  'cancelled',
] as const;
export type BackfillItemState = (typeof BACKFILL_ITEM_STATES)[number];

/** One workflow for one business time. While `waiting` or `running`, no other item has the same workflow, version and business time. */
export interface BackfillItemRow {
  readonly backfillId: BackfillId;
  /** Its place in the order of starting, from 0; with the backfill it is the key. */
  readonly position: number;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly version: number;
  readonly level: number;
  readonly businessTime: number;
  /** Where the backfill has no item for it, there is nothing to wait for. */
  readonly waits: readonly BackfillWait[];
  readonly state: BackfillItemState;
  /** Why it was skipped, blocked or cancelled, or how its run ended. */
  readonly reason: string | null;
  /** The newest run of it. */
  readonly workflowInstanceId: WorkflowInstanceId | null;
  /** Runs that were started for it. */
  readonly tries: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}
