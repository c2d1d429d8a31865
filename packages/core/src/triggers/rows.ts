/** A trigger: what starts runs of a workflow when something happens. Times are epoch milliseconds. */
import type { Id, ProjectId, WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import type { StartChoices } from '../machine/start-choices.ts';

export type TriggerId = Id<'trigger'>;

export const TRIGGER_KINDS = ['webhook', 'after_workflow'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

export const AFTER_CONDITIONS = ['success', 'failure', 'end'] as const;
export type AfterCondition = (typeof AFTER_CONDITIONS)[number];

export type TriggerConfig =
  | {
      readonly kind: 'webhook';
      /** How far the time that a sender has signed may be from ours. */
      readonly toleranceMs: number;
      /** Deliveries signed as GitHub signs them are taken too. */
      readonly github: boolean;
      /** Parameter → path into the body, such as `$.order.id`. */
      readonly mapping: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'after_workflow';
      readonly projectId: ProjectId;
      readonly workflowId: WorkflowId;
      readonly on: AfterCondition;
      /** Whether runs that a backfill has started count. */
      readonly backfills: boolean;
      /** Parameter → name of an output of the run that ended. */
      readonly mapping: Readonly<Record<string, string>>;
    };

export interface TriggerRow {
  readonly id: TriggerId;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly kind: TriggerKind;
  /** Unique within its workflow. */
  readonly name: string;
  readonly description: string;
  readonly config: TriggerConfig;
  /** Of a webhook, sealed. */
  readonly secret: string | null;
  readonly start: StartChoices;
  readonly online: boolean;
  readonly revision: number;
  /** Of `after_workflow`: everything of the record up to this `seq` has been looked at. */
  readonly cursor: number;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedBy: string;
  readonly updatedAt: number;
}

export const FIRING_OUTCOMES = ['run', 'seen', 'refused'] as const;
export type FiringOutcome = (typeof FIRING_OUTCOMES)[number];

/** One thing that a trigger has noticed. `key` says which thing, so that none starts two runs. */
export interface TriggerFiringRow {
  readonly triggerId: TriggerId;
  readonly key: string;
  readonly projectId: ProjectId;
  readonly workflowId: WorkflowId;
  readonly outcome: FiringOutcome;
  readonly reason: string | null;
  readonly workflowInstanceId: WorkflowInstanceId | null;
  /** What was noticed, for people: the sender's address, the run that ended. */
  readonly about: Readonly<Record<string, string>>;
  /** The workflows whose runs led here by triggers, first to last: what is among them already is not started again. */
  readonly chain: readonly WorkflowId[];
  readonly at: number;
}
