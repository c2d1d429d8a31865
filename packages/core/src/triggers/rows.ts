/** A trigger: what starts runs of a workflow when something happens. Times are epoch milliseconds. */
import type { Id, ProjectId, WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import type { StartChoices } from '../machine/start-choices.ts';

export type TriggerId = Id<'trigger'>;

export const TRIGGER_KINDS = ['webhook', 'after_workflow', 'file'] as const;
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
    }
  | {
      readonly kind: 'file';
      /** As `whyNoFilePath` takes it. */
      readonly path: string;
      /** Whose workers look. */
      readonly workerGroup: string;
      /** Between the begins of two looks. */
      readonly everyMs: number;
      /** How long a thing must have been as it is; 0: it is acted on as it is found. */
      readonly settledMs: number;
      /** Parameter → one of `FILE_FIELDS`. */
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
  /**
   * Of `after_workflow`: everything of the record up to this `seq` has been looked at. Of `file`: the revision in which it began, so
   * another one than before for each time it was made, put online or given another config.
   */
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

/** Who looks for a trigger: a worker by its id, or for an object, which is the same for each of them, all of the group as one. */
export const WHOLE_GROUP = '*';

/** What is wrong where a trigger looks; the code is one of the worker's, the text is for people. */
export interface LookProblem {
  readonly code: string;
  readonly text: string;
}

/** Somebody who looks for a trigger of the kind `file`. */
export interface TriggerWatcherRow {
  readonly triggerId: TriggerId;
  /** Id of a worker, or `WHOLE_GROUP`. */
  readonly watcher: string;
  /** The `cursor` of the trigger when it began to look: it begins anew when that is another one. */
  readonly since: number;
  /** Among the watchers of the trigger, in the order in which they began. */
  readonly number: number;
  /** When its first look was over, and all that was there was known; null: none has been yet. */
  readonly firstAt: number | null;
  /** When it last looked all the way; written down now and then. */
  readonly lookedAt: number;
  /** Null: its last look was in order. */
  readonly problem: LookProblem | null;
}

/** A thing that a trigger has acted on, or that was there when somebody first looked. */
export interface TriggerThingRow {
  readonly triggerId: TriggerId;
  readonly key: string;
  /** When it was last there; written down now and then. */
  readonly seenAt: number;
  /** Watchers of this number and later ones know it: it was there before they looked. 0: all do, it has been acted on. */
  readonly knownFrom: number;
}
