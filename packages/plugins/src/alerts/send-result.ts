/** How a send ended. The reason is the decision; nothing is decided by reading a message. */
export const SEND_FAILURES = {
  /** The peer asks for patience: 429, or its own code for the same. */
  rate_limited: { retryable: true },
  server_error: { retryable: true },
  timeout: { retryable: true },
  network: { retryable: true },
  /** This server gave the send up, as when it stops. */
  stopped: { retryable: true },
  /** A fault of the channel itself. */
  internal: { retryable: true },
  /** The peer has understood and says no. */
  rejected: { retryable: false },
  /** The operator does not let this server connect there. */
  refused: { retryable: false },
  bad_settings: { retryable: false },
} as const;

export type SendFailureReason = keyof typeof SEND_FAILURES;

export type SendResult = Delivered | SendFailure;

export interface Delivered {
  readonly ok: true;
  /** The beginning of what the peer has answered, without secrets. */
  readonly answer: string;
}

export interface SendFailure {
  readonly ok: false;
  readonly reason: SendFailureReason;
  readonly retryable: boolean;
  /** Says what was wrong and what to do, without secrets. */
  readonly message: string;
  /** How long the peer asks to be left alone; null when it has not said. */
  readonly retryAfterMs: number | null;
}

export function sendFailure(
  reason: SendFailureReason,
  message: string,
  retryAfterMs: number | null = null,
): SendFailure {
  return { ok: false, reason, retryable: SEND_FAILURES[reason].retryable, message, retryAfterMs };
}
