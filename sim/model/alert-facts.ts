/** What the model is told of alerts: each verb of the queue in the moment in which it is applied, and what channels witness. */
import type {
  AlertFold,
  AlertId,
  AlertKind,
  AlertMessage,
  AlertRow,
  Claim,
  DeliveryResult,
  LostClaim,
  NewAlert,
  TakenAlert,
} from '@vaquita/core';

/** Who writes, and when. */
export interface Writer {
  readonly process: string;
  readonly epoch: number;
  readonly at: number;
}

export interface TakeUpFact {
  readonly folds: readonly AlertFold[];
  readonly taken: readonly TakenAlert[];
}

export interface ReclaimFact {
  readonly claims: readonly LostClaim[];
  readonly unreachable: number;
}

/** A channel as people have made it. */
export interface ChannelFacts {
  readonly name: string;
  readonly enabled: boolean;
  readonly readable: boolean;
}

export interface GroupFacts {
  readonly channels: readonly string[];
  readonly kinds: readonly AlertKind[];
}

/** One claim that was granted, and what came of it. */
export interface Grant extends Writer {
  readonly attempt: number;
  /** The channel could not be sent to when it was granted. */
  readonly mute: boolean;
  begunAt: number | null;
  endedAt: number | null;
  /** As the channel has answered. */
  answer: { readonly ok: boolean; readonly retryable: boolean } | null;
}

export interface DeliveryFacts {
  readonly id: string;
  readonly alert: string;
  readonly channel: string;
  status: 'waiting' | 'sending' | 'retry' | 'sent' | 'failed';
  attempt: number;
  grants: Grant[];
  /** How often the channel has taken it. */
  delivered: number;
}

export interface AlertFacts {
  readonly id: AlertId;
  readonly group: string | null;
  readonly run: string | null;
  readonly kind: AlertKind;
  readonly subject: string;
  readonly state: AlertMessage['state'];
  /** In the order of filing. */
  readonly place: number;
  status: AlertRow['status'];
  /** How many alerts it speaks for, itself included. */
  count: number;
  into: string | null;
  readonly deliveries: DeliveryFacts[];
  removed: boolean;
}

export type { AlertId, AlertKind, AlertRow, Claim, DeliveryResult, NewAlert };
