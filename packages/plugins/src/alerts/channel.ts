/** The contract of an alert channel: its settings as a schema, and one send. */

import type { AlertMessage } from '@vaquita/core';
import type * as z from 'zod';
import type { ChannelPorts } from '../ports.ts';
import type { SendResult } from './send-result.ts';

export interface AlertChannel<Schema extends z.ZodObject = z.ZodObject> {
  /** As it is stored and used in the API: lower case with dashes. */
  readonly name: string;
  readonly title: string;
  /** Sent where the server's own ports are, and not in the thread of those that connect to other machines. */
  readonly inProcess?: boolean;
  /**
   * What an instance of the channel is told. Flat where it can be, a title on every field; secrets are marked by
   * `secret()`, the fields that say where they are sent by `destination()` (both in `form.ts`).
   */
  readonly settings: Schema;
  /**
   * Sends once. May answer with secrets in its texts, or throw: `sendAlert` takes care of both. Ends soon after the
   * signal has fired.
   */
  send(delivery: Delivery, settings: z.output<Schema>, ports: ChannelPorts): Promise<SendResult>;
}

export interface Delivery {
  /**
   * Of this alert on this channel, the same for every try: the peer can tell a second one by it. Letters, digits, dashes
   * and underscores.
   */
  readonly id: string;
  readonly message: AlertMessage;
  /** For one try as a whole. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Keeps the type of its settings for `send` and gives it up for the list of channels. */
export function defineChannel<Schema extends z.ZodObject>(channel: AlertChannel<Schema>): AlertChannel {
  return channel as unknown as AlertChannel;
}
