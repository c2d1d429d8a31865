/** What is said between the server and the thread that sends alerts. */
import type { Delivery, SendResult, Target } from '@vaquita/plugins';
import type { ProxySettings } from '../outbound/proxy-settings.ts';

/** Where connections to addresses that users have entered may go, and how. */
export interface OutboundSettings {
  /** As for `createGuard`. */
  readonly allow: readonly string[];
  readonly proxy: ProxySettings | null;
  /** Certificates (PEM) of authorities that are trusted beside those that Node trusts. */
  readonly trust: readonly string[];
}

export type SenderMessage =
  | {
      readonly kind: 'send';
      readonly id: number;
      readonly delivery: Omit<Delivery, 'signal'>;
      readonly target: Target;
    }
  | { readonly kind: 'stop'; readonly id: number };

export interface SenderReply {
  readonly id: number;
  readonly result: SendResult;
}
