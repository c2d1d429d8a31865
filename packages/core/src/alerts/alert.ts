/**
 * An alert as it is recorded: filed by whoever changes what it tells of, in the same unit of writes; taken, sent and
 * remembered by the leader's alert engine. Times are epoch milliseconds.
 */
import type { Id, ProjectId, WorkflowId, WorkflowInstanceId } from '../identity/ids.ts';
import type { AlertMessage } from './message.ts';

export type AlertId = Id<'alert'>;
export type AlertGroupId = Id<'alert-group'>;
export type AlertChannelId = Id<'alert-channel'>;
/** Of one alert on one channel; the same for every try, so that the other side can tell a second one by it. */
export type AlertDeliveryId = Id<'alert-delivery'>;

/** After which ends of a run its alert group is told. */
export const ALERT_CHOICES = ['none', 'success', 'failure', 'all'] as const;
export type AlertChoice = (typeof ALERT_CHOICES)[number];

/** The group that is told where none is named. */
export const DEFAULT_ALERT_GROUP = 'default';

/** What a producer files. */
export interface NewAlert {
  readonly id: AlertId;
  /**
   * Name of the alert group that is told. Null for what is of the cluster and of no workflow: then every group is told
   * that takes alerts of this kind.
   */
  readonly group: string | null;
  readonly projectId: ProjectId | null;
  readonly workflowId: WorkflowId | null;
  readonly workflowInstanceId: WorkflowInstanceId | null;
  readonly message: AlertMessage;
  readonly createdAt: number;
}

/**
 * - `waiting`: filed; the engine has not taken it up.
 * - `folded`: another alert of the same group, kind and subject speaks for it.
 * - `sending`: at least one of its channels has not been reached, and is still tried.
 * - `sent`: every channel was reached. `partly_sent`, `failed`: tries are over, and only some were, or none.
 */
export const ALERT_STATUSES = ['waiting', 'folded', 'sending', 'sent', 'partly_sent', 'failed'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

export interface AlertRow {
  readonly id: AlertId;
  readonly groupName: string | null;
  readonly kind: AlertMessage['kind'];
  readonly severity: AlertMessage['severity'];
  readonly subject: string;
  readonly projectId: ProjectId | null;
  readonly workflowId: WorkflowId | null;
  readonly workflowInstanceId: WorkflowInstanceId | null;
  readonly message: AlertMessage;
  readonly status: AlertStatus;
  /** How many alerts this one speaks for, itself included. */
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The alert that speaks for this one. */
  readonly foldedInto: AlertId | null;
  /** Why it was not sent to everybody, in words. */
  readonly reason: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/**
 * - `waiting`: not tried yet. `sending`: a server has claimed it. `retry`: to be tried again at `nextAttemptAt`.
 * - `sent`: the channel has taken it. `failed`: not tried any more, until somebody has it sent again.
 */
export const DELIVERY_STATUSES = ['waiting', 'sending', 'retry', 'sent', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One alert on one channel: what was sent, when, and what the channel said. */
export interface AlertDeliveryRow {
  readonly id: AlertDeliveryId;
  readonly alertId: AlertId;
  readonly channelId: AlertChannelId;
  /** As the channel was called when the alert was taken up: channels go, records stay. */
  readonly channelName: string;
  readonly status: DeliveryStatus;
  /** Tries so far, the one under way included. */
  readonly attempt: number;
  readonly nextAttemptAt: number;
  /** The session of the server that sends it, while one does. */
  readonly claimedBy: string | null;
  readonly claimedAt: number | null;
  /** What the channel answered, without secrets. */
  readonly answer: string | null;
  /** Why the last try failed. */
  readonly reason: string | null;
  readonly sentAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AlertGroupRow {
  readonly id: AlertGroupId;
  readonly name: string;
  readonly description: string;
  /** Kinds of alerts of the cluster itself that it takes. */
  readonly kinds: readonly AlertMessage['kind'][];
  /** In order of the names. */
  readonly channels: readonly AlertChannelId[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface AlertChannelRow {
  readonly id: AlertChannelId;
  readonly name: string;
  /** Which of the built-in channels it is, such as `slack`. */
  readonly type: string;
  /** Its settings as JSON, sealed. */
  readonly settings: string;
  readonly enabled: boolean;
  /** When it last took an alert: the canary of the alert path. */
  readonly lastDeliveredAt: number | null;
  /** What went wrong at the newest try; null: nothing. */
  readonly lastError: string | null;
  /** Nothing is sent before: the other side has asked for a pause. */
  readonly notBefore: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}
