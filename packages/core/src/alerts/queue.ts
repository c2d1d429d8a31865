/**
 * What the alert engine asks of a store. It stands here because the store implements it and the engine uses it, and
 * neither may know the other.
 *
 * Q1 What the engine writes is guarded by the epoch of the leader: who leads no longer claims, ends and removes nothing.
 *    @throws AppError `fenced` then, in every verb that takes an epoch.
 * Q2 A delivery is claimed by an update with a condition; only rows that it changed may be sent.
 * Q3 The result of a claim is written only while the row is still that claim: same claimer, same attempt, `sending`.
 * Q4 The status of an alert, and its reason, are derived from its deliveries in the unit that changes one of them.
 */
import type { Epoch } from '../identity/ids.ts';
import type {
  AlertChannelId,
  AlertChannelRow,
  AlertDeliveryId,
  AlertDeliveryRow,
  AlertGroupRow,
  AlertId,
  AlertRow,
  AlertStatus,
} from './alert.ts';
import type { AlertMessage } from './message.ts';

export interface AlertQueue extends AlertIntake, AlertDispatch, AlertUpkeep {}

/** From alerts that were filed to rows of who is told. */
export interface AlertIntake {
  /** Alerts that nobody has taken up, in the order of filing, after this one. */
  waiting(after: AlertId | null, limit: number): Promise<readonly AlertRow[]>;
  groups(): Promise<readonly AlertGroupRow[]>;
  /** Those of the channels that there are. */
  channels(ids: readonly AlertChannelId[]): Promise<readonly AlertChannelRow[]>;
  /**
   * All of it in one unit, or nothing.
   * @throws AppError `conflict`: one of the alerts is not waiting any more; look again. `fenced`.
   */
  takeUp(epoch: Epoch, intake: Intake): Promise<void>;
}

export interface Intake {
  readonly folds: readonly AlertFold[];
  /** After the folds: an alert may have others folded into it and be taken up in one unit. */
  readonly taken: readonly TakenAlert[];
  readonly now: number;
}

/** Alerts for which another one speaks from now on. */
export interface AlertFold {
  readonly into: AlertId;
  readonly ids: readonly AlertId[];
  /** Of the one that speaks, from now on. */
  readonly message: AlertMessage;
}

export interface TakenAlert {
  readonly id: AlertId;
  /** One for each channel that is told. None: the alert ends `failed`. */
  readonly deliveries: readonly NewDelivery[];
  /** Why nobody is told, and what to do; null when somebody is. */
  readonly reason: string | null;
}

export type NewDelivery = Pick<AlertDeliveryRow, 'id' | 'channelId' | 'channelName'>;

/** From rows of who is told to what came of it. */
export interface AlertDispatch {
  /**
   * Claims deliveries that are due, of channels that may be sent to: the longest due first, at most so many per channel
   * together with those being sent already. What is said of one subject reaches a channel in the order of filing: a later
   * one waits for as long as an earlier one is not over.
   */
  claim(epoch: Epoch, claim: ClaimRequest): Promise<readonly ClaimedDelivery[]>;
  /** @throws AppError `conflict`: the row is not this claim any more, nothing was written (Q3). `fenced`. */
  finish(epoch: Epoch, result: DeliveryResult): Promise<void>;
  /** When the next delivery may be tried, as far as it depends on time; null: there is none. */
  nextAt(): Promise<number | null>;
  /** Gives claims back as if they had not been. Those that are over stay as they are. */
  release(epoch: Epoch, claimer: string, claims: readonly Claim[], now: number): Promise<void>;
}

export interface ClaimRequest {
  /** Session of the server that sends. */
  readonly claimer: string;
  readonly now: number;
  readonly limit: number;
  readonly perChannel: number;
  /** Of the limit, for channels that have not taken an alert yet, or not the last one: they may hang. */
  readonly limitUnproven: number;
}

export interface Claim {
  readonly id: AlertDeliveryId;
  readonly attempt: number;
}

export interface ClaimedDelivery extends Claim {
  readonly message: AlertMessage;
  /** As it was a moment before. */
  readonly channel: AlertChannelRow;
}

export type DeliveryResult = Claim & { readonly claimer: string; readonly now: number } & DeliveryOutcome;

export type DeliveryOutcome =
  | { readonly status: 'sent'; readonly answer: string }
  | {
      readonly status: 'retry';
      readonly reason: string;
      readonly nextAttemptAt: number;
      /** The whole channel is left alone until then; null: only this row. */
      readonly notBefore: number | null;
    }
  | { readonly status: 'failed'; readonly reason: string };

export interface AlertUpkeep {
  /**
   * Puts claims that nobody has any more back to `retry`: those of claimers that are not `alive`, and those older than
   * `claimedBefore` that are not `held`. Deliveries to channels that were removed end as `failed`. At most `limit` of each.
   * @returns what it found.
   */
  reclaim(epoch: Epoch, request: ReclaimRequest): Promise<Reclaimed>;
  /**
   * Removes some of the alerts that are over and were filed before, with their deliveries. What is not delivered stays,
   * and what speaks through it.
   * @returns how many alerts were removed.
   */
  purge(epoch: Epoch, options: { readonly before: number; readonly limit: number }): Promise<number>;
  figures(): Promise<AlertFigures>;
}

export interface ReclaimRequest {
  readonly alive: readonly string[];
  /** Whoever asks has these in hand. */
  readonly held: readonly AlertDeliveryId[];
  readonly claimedBefore: number;
  readonly now: number;
  readonly limit: number;
}

export interface Reclaimed {
  readonly claims: readonly LostClaim[];
  /** Deliveries whose channel is not there any more. */
  readonly unreachable: number;
}

export interface LostClaim extends Claim {
  readonly channelName: string;
  readonly claimedBy: string | null;
  readonly claimedAt: number | null;
}

export interface AlertFigures {
  /** Alerts that are not taken up. */
  readonly waiting: number;
  /** Deliveries by where they are; `waiting` and `retry` are one. */
  readonly queued: number;
  readonly sending: number;
  /** When the oldest alert that has not reached everybody was filed. */
  readonly oldestAt: number | null;
  readonly channels: readonly { readonly name: string; readonly lastDeliveredAt: number | null }[];
}

/** One alert, for people. */
export interface AlertRecords {
  find(id: AlertId): Promise<AlertRecord | undefined>;
  /**
   * Failed deliveries of the alert begin anew, with all their tries, and an alert for which there was nobody is taken up
   * again. Not guarded by the epoch: any server may be asked.
   * @throws AppError `not_found`. `conflict`: nothing of it has failed.
   */
  resend(id: AlertId, now: number): Promise<void>;
}

export interface AlertRecord {
  readonly alert: AlertRow;
  /** In order of the channels' names. */
  readonly deliveries: readonly AlertDeliveryRow[];
}

/** Q4: of an alert that has been taken up. */
export function alertStatusOf(deliveries: readonly Pick<AlertDeliveryRow, 'status'>[]): AlertStatus {
  const sent = deliveries.filter(({ status }) => status === 'sent').length;
  const failed = deliveries.filter(({ status }) => status === 'failed').length;
  if (sent + failed < deliveries.length) return 'sending';
  if (failed === 0) return 'sent';
  return sent === 0 ? 'failed' : 'partly_sent';
}

/** Why not everybody was reached, of an alert that has been taken up; null: nothing has failed. */
export function alertReasonOf(
  deliveries: readonly Pick<AlertDeliveryRow, 'channelName' | 'status' | 'reason'>[],
): string | null {
  const failed = deliveries.filter(({ status }) => status === 'failed');
  return failed.length === 0 ? null : failed.map(({ channelName, reason }) => `${channelName}: ${reason}`).join('; ');
}
