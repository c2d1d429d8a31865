/** What the alert engine is given. It knows no runtime, no database and no network. */
import type { AlertChannelRow, AlertQueue, Clock, Epoch, IdSource, LostClaim, Random } from '@vaquita/core';
import type { ChannelSettings } from '../../settings.ts';
import type { Delivery } from '../channel.ts';
import type { Target } from '../send-alert.ts';
import type { SendResult } from '../send-result.ts';
import type { AlertEngineSettings } from './settings.ts';

/** Sends once, as `sendAlert` does; where it runs is the assembly's affair. Never rejects, and heeds the signal. */
export type SendFunction = (delivery: Delivery, target: Target) => Promise<SendResult>;

export interface AlertLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface AlertEngineDeps {
  readonly queue: AlertQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
  readonly log: AlertLog;
  /** Session of this server, under which it claims. */
  readonly claimer: string;
  readonly send: SendFunction;
  /** The settings of a channel, which are stored sealed. @throws when this server cannot open them; they are tried again. */
  readonly open: (channel: AlertChannelRow) => ChannelSettings | Promise<ChannelSettings>;
  /** Puts on record that claims of somebody who is gone were taken back. May reject. */
  readonly recovered?: (epoch: Epoch, claims: readonly LostClaim[], unreachable: number) => Promise<void>;
  readonly settings?: Partial<AlertEngineSettings>;
}
