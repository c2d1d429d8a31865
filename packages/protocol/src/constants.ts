/**
 * Every number and name of the worker protocol, with the side that owns it. PROTOCOL.md carries the same table and
 * a test compares the two. `owner` says who decides: `both` is fixed by the version, `worker` and `master` may differ
 * from the default and tell the other side in `hello` or `welcome`.
 */
export interface ProtocolConstant {
  readonly value: number | string;
  readonly owner: 'both' | 'master' | 'worker';
  readonly meaning: string;
}

export const PROTOCOL_CONSTANTS = {
  SUBPROTOCOL: { value: 'vaquita.v1', owner: 'both', meaning: 'WebSocket subprotocol asked for and agreed' },
  SOCKET_PATH: { value: '/api/v1/worker/socket', owner: 'both', meaning: 'Path of the socket on the server' },
  PROTOCOL_VERSION: { value: '1.0', owner: 'both', meaning: 'Newest version this release speaks' },
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
  MIN_HEARTBEAT_INTERVAL_MS: {
    value: 100,
    owner: 'both',
    meaning: 'Shortest heartbeat interval a `hello` may ask for',
  },
  MAX_SESSION_TIMEOUT_MS: { value: 1_800_000, owner: 'both', meaning: 'Longest session timeout a `hello` may ask for' },
  LIVENESS_GRACE_MS: {
    value: 250,
    owner: 'both',
    meaning: 'A last look after the session timeout, so that a stalled process first reads what already waits',
  },
  ACK_TIMEOUT_MS: { value: 5_000, owner: 'master', meaning: 'From `dispatch` to `ack` or `refuse`' },
  OUTPUT_ACK_INTERVAL_MS: {
    value: 500,
    owner: 'master',
    meaning: 'Longest wait between stored output and its `outputAck`',
  },
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
export const MAX_FRAME_BYTES = PROTOCOL_CONSTANTS.MAX_FRAME_BYTES.value;
export const MAX_BAD_MESSAGES = PROTOCOL_CONSTANTS.MAX_BAD_MESSAGES.value;
export const MAX_BATCH_MESSAGES = PROTOCOL_CONSTANTS.MAX_BATCH_MESSAGES.value;
export const MAX_BATCH_BYTES = PROTOCOL_CONSTANTS.MAX_BATCH_BYTES.value;
export const MAX_OUTPUT_CHUNK_BYTES = PROTOCOL_CONSTANTS.MAX_OUTPUT_CHUNK_BYTES.value;
export const HELLO_TIMEOUT_MS = PROTOCOL_CONSTANTS.HELLO_TIMEOUT_MS.value;
export const HEARTBEAT_INTERVAL_MS = PROTOCOL_CONSTANTS.HEARTBEAT_INTERVAL_MS.value;
export const SESSION_TIMEOUT_MS = PROTOCOL_CONSTANTS.SESSION_TIMEOUT_MS.value;
export const MIN_HEARTBEAT_INTERVAL_MS = PROTOCOL_CONSTANTS.MIN_HEARTBEAT_INTERVAL_MS.value;
export const MAX_SESSION_TIMEOUT_MS = PROTOCOL_CONSTANTS.MAX_SESSION_TIMEOUT_MS.value;
export const LIVENESS_GRACE_MS = PROTOCOL_CONSTANTS.LIVENESS_GRACE_MS.value;
export const ACK_TIMEOUT_MS = PROTOCOL_CONSTANTS.ACK_TIMEOUT_MS.value;
export const OUTPUT_ACK_INTERVAL_MS = PROTOCOL_CONSTANTS.OUTPUT_ACK_INTERVAL_MS.value;
export const CLOSE_TIMEOUT_MS = PROTOCOL_CONSTANTS.CLOSE_TIMEOUT_MS.value;
export const RECONNECT_BASE_MS = PROTOCOL_CONSTANTS.RECONNECT_BASE_MS.value;
export const RECONNECT_CAP_MS = PROTOCOL_CONSTANTS.RECONNECT_CAP_MS.value;

/** Versions this release can speak, newest first. */
export const SUPPORTED_VERSIONS: readonly string[] = [PROTOCOL_VERSION];

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
} as const;

export type CloseReason = keyof typeof CLOSE_CODES;

const REASON_BY_CODE = new Map<number, CloseReason>(
  Object.entries(CLOSE_CODES).map(([reason, code]) => [code, reason as CloseReason]),
);

/** The reason that a close code from the wire stands for. */
export function closeReasonOf(code: number): CloseReason {
  return REASON_BY_CODE.get(code) ?? 'abnormal';
}
