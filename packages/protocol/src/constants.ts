/**
 * Every number and name of the worker protocol, with the side that owns it. PROTOCOL.md carries the same table and
 * a test compares the two. `owner` says who decides: `both` is fixed by the version, `worker` and `master` may differ
 * from the default and tell the other side in `hello` or `welcome`.
 */
import { MAX_WORKER_SLOTS, MAX_WORKER_WEIGHT } from '@vaquita/core';

export interface ProtocolConstant {
  readonly value: number | string;
  readonly owner: 'both' | 'master' | 'worker';
  readonly meaning: string;
}

export const PROTOCOL_CONSTANTS = {
  SUBPROTOCOL: { value: 'vaquita.v1', owner: 'both', meaning: 'WebSocket subprotocol asked for and agreed' },
  SOCKET_PATH: { value: '/api/v1/worker/socket', owner: 'both', meaning: 'Path of the socket on the server' },
  PROTOCOL_VERSION: { value: '1.2', owner: 'both', meaning: 'Newest version this release speaks' },
  PREVIOUS_VERSION: { value: '1.1', owner: 'both', meaning: 'The version before it, which it speaks as well' },
  OLDEST_VERSION: { value: '1.0', owner: 'both', meaning: 'Oldest version this release speaks' },
  MAX_FRAME_BYTES: {
    value: 1_048_576,
    owner: 'both',
    meaning: 'Largest frame, and so the largest message, in UTF-8 bytes',
  },
  MAX_BAD_MESSAGES: { value: 20, owner: 'both', meaning: 'Bad messages a session survives; one more ends it' },
  MAX_BATCH_MESSAGES: { value: 256, owner: 'both', meaning: 'Most messages a sender puts in one frame' },
  MAX_BATCH_BYTES: { value: 262_144, owner: 'both', meaning: 'Bytes after which a sender begins another frame' },
  MAX_OUTPUT_CHUNK_BYTES: { value: 65_536, owner: 'worker', meaning: 'Largest text of one `output`, in UTF-8 bytes' },
  HELLO_TIMEOUT_MS: {
    value: 10_000,
    owner: 'both',
    meaning: 'From the open socket to `welcome`, `redirect` or `reject`',
  },
  HEARTBEAT_INTERVAL_MS: { value: 10_000, owner: 'worker', meaning: 'Between two heartbeats, by default' },
  SESSION_TIMEOUT_MS: { value: 30_000, owner: 'worker', meaning: 'Silence that ends a session, by default' },
  WORKER_PATIENCE: {
    value: 0.5,
    owner: 'worker',
    meaning: 'Share of what lies between heartbeat interval and session timeout that a worker waits for `heartbeatAck`',
  },
  MIN_HEARTBEAT_INTERVAL_MS: {
    value: 100,
    owner: 'both',
    meaning: 'Shortest heartbeat interval a `hello` may ask for',
  },
  MAX_SESSION_TIMEOUT_MS: { value: 1_800_000, owner: 'both', meaning: 'Longest session timeout a `hello` may ask for' },
  MAX_SLOTS: { value: MAX_WORKER_SLOTS, owner: 'both', meaning: 'Most slots a worker may have' },
  MAX_WEIGHT: { value: MAX_WORKER_WEIGHT, owner: 'both', meaning: 'Largest weight a worker may have' },
  LIVENESS_GRACE_MS: {
    value: 250,
    owner: 'both',
    meaning: 'A last look after the session timeout, so that a stalled process first reads what already waits',
  },
  ACK_TIMEOUT_MS: { value: 5_000, owner: 'master', meaning: 'From `dispatch` to `ack` or `refuse`' },
  START_TIMEOUT_MS: {
    value: 30_000,
    owner: 'master',
    meaning: 'From `ack` to `started`, after which the worker is sent an `echo`',
  },
  ECHO_TIMEOUT_MS: { value: 5_000, owner: 'master', meaning: 'From `echo` to its `result`' },
  OUTPUT_ACK_INTERVAL_MS: {
    value: 500,
    owner: 'master',
    meaning: 'Longest wait between stored output and its `outputAck`',
  },
  MAX_UNACKED_OUTPUT_BYTES: {
    value: 4_194_304,
    owner: 'both',
    meaning: 'Most output of one dispatch that may be sent beyond the last `outputAck`',
  },
  FLOOD_BURST_MESSAGES: {
    value: 20_000,
    owner: 'master',
    meaning: 'Messages a worker may send at once, from rest',
  },
  FLOOD_MESSAGES_PER_SECOND: { value: 5_000, owner: 'master', meaning: 'What it may send from then on' },
  FLOOD_MESSAGES_PER_DISPATCH: { value: 20, owner: 'master', meaning: 'What each `dispatch` adds to that' },
  CLOCK_SKEW_WARN_MS: {
    value: 10_000,
    owner: 'master',
    meaning: 'Difference between the clocks of worker and master that people are warned of',
  },
  LOOK_TIMEOUT_MS: { value: 20_000, owner: 'master', meaning: 'What a worker is given for one `look`' },
  LOOK_GRACE_MS: {
    value: 5_000,
    owner: 'master',
    meaning: 'Wait for `looked` beyond the `timeoutMs` of the `look`',
  },
  MAX_LOOK_PATH_CHARS: { value: 4_096, owner: 'both', meaning: 'Longest path or address that is looked for, or found' },
  MAX_LOOKED_ENTRIES: { value: 1_000, owner: 'both', meaning: 'Most entries of one `looked`' },
  MAX_LOOKED_BYTES: {
    value: 262_144,
    owner: 'worker',
    meaning: 'Entries of one `looked`, in UTF-8 bytes as they are sent, before it is cut short',
  },
  MAX_WALKED_ENTRIES: { value: 100_000, owner: 'worker', meaning: 'Names in folders that are read for one `look`' },
  MAX_WAITING_LOOKS: { value: 64, owner: 'worker', meaning: 'Looks that wait for the one before them' },
  CLOSE_TIMEOUT_MS: { value: 2_000, owner: 'both', meaning: 'Wait for the other side to answer a close' },
  RECONNECT_BASE_MS: {
    value: 500,
    owner: 'worker',
    meaning: 'Backoff after the second failed connect; doubles from there',
  },
  RECONNECT_CAP_MS: { value: 30_000, owner: 'worker', meaning: 'Longest backoff between two connects' },
} as const satisfies Record<string, ProtocolConstant>;

export const SUBPROTOCOL = PROTOCOL_CONSTANTS.SUBPROTOCOL.value;
export const SOCKET_PATH = PROTOCOL_CONSTANTS.SOCKET_PATH.value;
export const PROTOCOL_VERSION = PROTOCOL_CONSTANTS.PROTOCOL_VERSION.value;
export const PREVIOUS_VERSION = PROTOCOL_CONSTANTS.PREVIOUS_VERSION.value;
export const OLDEST_VERSION = PROTOCOL_CONSTANTS.OLDEST_VERSION.value;
export const MAX_FRAME_BYTES = PROTOCOL_CONSTANTS.MAX_FRAME_BYTES.value;
export const MAX_BAD_MESSAGES = PROTOCOL_CONSTANTS.MAX_BAD_MESSAGES.value;
export const MAX_BATCH_MESSAGES = PROTOCOL_CONSTANTS.MAX_BATCH_MESSAGES.value;
export const MAX_BATCH_BYTES = PROTOCOL_CONSTANTS.MAX_BATCH_BYTES.value;
export const MAX_OUTPUT_CHUNK_BYTES = PROTOCOL_CONSTANTS.MAX_OUTPUT_CHUNK_BYTES.value;
export const HELLO_TIMEOUT_MS = PROTOCOL_CONSTANTS.HELLO_TIMEOUT_MS.value;
export const HEARTBEAT_INTERVAL_MS = PROTOCOL_CONSTANTS.HEARTBEAT_INTERVAL_MS.value;
export const SESSION_TIMEOUT_MS = PROTOCOL_CONSTANTS.SESSION_TIMEOUT_MS.value;
export const WORKER_PATIENCE = PROTOCOL_CONSTANTS.WORKER_PATIENCE.value;
export const MIN_HEARTBEAT_INTERVAL_MS = PROTOCOL_CONSTANTS.MIN_HEARTBEAT_INTERVAL_MS.value;
export const MAX_SESSION_TIMEOUT_MS = PROTOCOL_CONSTANTS.MAX_SESSION_TIMEOUT_MS.value;
export const MAX_SLOTS = PROTOCOL_CONSTANTS.MAX_SLOTS.value;
export const MAX_WEIGHT = PROTOCOL_CONSTANTS.MAX_WEIGHT.value;
export const LIVENESS_GRACE_MS = PROTOCOL_CONSTANTS.LIVENESS_GRACE_MS.value;
export const ACK_TIMEOUT_MS = PROTOCOL_CONSTANTS.ACK_TIMEOUT_MS.value;
export const START_TIMEOUT_MS = PROTOCOL_CONSTANTS.START_TIMEOUT_MS.value;
export const ECHO_TIMEOUT_MS = PROTOCOL_CONSTANTS.ECHO_TIMEOUT_MS.value;
export const MAX_UNACKED_OUTPUT_BYTES = PROTOCOL_CONSTANTS.MAX_UNACKED_OUTPUT_BYTES.value;
export const FLOOD_BURST_MESSAGES = PROTOCOL_CONSTANTS.FLOOD_BURST_MESSAGES.value;
export const FLOOD_MESSAGES_PER_SECOND = PROTOCOL_CONSTANTS.FLOOD_MESSAGES_PER_SECOND.value;
export const FLOOD_MESSAGES_PER_DISPATCH = PROTOCOL_CONSTANTS.FLOOD_MESSAGES_PER_DISPATCH.value;
export const CLOCK_SKEW_WARN_MS = PROTOCOL_CONSTANTS.CLOCK_SKEW_WARN_MS.value;
export const OUTPUT_ACK_INTERVAL_MS = PROTOCOL_CONSTANTS.OUTPUT_ACK_INTERVAL_MS.value;
export const LOOK_TIMEOUT_MS = PROTOCOL_CONSTANTS.LOOK_TIMEOUT_MS.value;
export const LOOK_GRACE_MS = PROTOCOL_CONSTANTS.LOOK_GRACE_MS.value;
export const MAX_LOOK_PATH_CHARS = PROTOCOL_CONSTANTS.MAX_LOOK_PATH_CHARS.value;
export const MAX_LOOKED_ENTRIES = PROTOCOL_CONSTANTS.MAX_LOOKED_ENTRIES.value;
export const MAX_LOOKED_BYTES = PROTOCOL_CONSTANTS.MAX_LOOKED_BYTES.value;
export const MAX_WALKED_ENTRIES = PROTOCOL_CONSTANTS.MAX_WALKED_ENTRIES.value;
export const MAX_WAITING_LOOKS = PROTOCOL_CONSTANTS.MAX_WAITING_LOOKS.value;
export const CLOSE_TIMEOUT_MS = PROTOCOL_CONSTANTS.CLOSE_TIMEOUT_MS.value;
export const RECONNECT_BASE_MS = PROTOCOL_CONSTANTS.RECONNECT_BASE_MS.value;
export const RECONNECT_CAP_MS = PROTOCOL_CONSTANTS.RECONNECT_CAP_MS.value;

/** Versions this release can speak, newest first (P10). */
export const SUPPORTED_VERSIONS: readonly string[] = [PROTOCOL_VERSION, PREVIOUS_VERSION, OLDEST_VERSION];

/** Why a session ended, and the WebSocket close code that says so. */
export const CLOSE_CODES = {
  normal: 1000,
  going_away: 1001,
  /** The socket went without a close frame; never sent. */
  abnormal: 1006,
  frame_too_large: 1009,
  internal_error: 1011,
  greeting_timeout: 4001,
  session_timeout: 4002,
  rejected: 4003,
  redirected: 4004,
  bad_messages: 4005,
  /** A newer socket of the same worker took its place. */
  replaced: 4006,
  /** It answers heartbeats and runs nothing: an `echo` did not come back. Since 1.1. */
  deaf: 4007,
  /** A person has sent it away. Since 1.1. */
  evicted: 4008,
  /** More messages than a worker can have to say. Since 1.1. */
  flooded: 4009,
} as const;

export type CloseReason = keyof typeof CLOSE_CODES;

const REASON_BY_CODE = new Map<number, CloseReason>(
  Object.entries(CLOSE_CODES).map(([reason, code]) => [code, reason as CloseReason]),
);

/** The reason that a close code from the wire stands for. */
export function closeReasonOf(code: number): CloseReason {
  return REASON_BY_CODE.get(code) ?? 'abnormal';
}
