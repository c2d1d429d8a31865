/**
 * The closed table of error codes. The code is the decision: whether to retry, which HTTP status, and what a
 * program may branch on. Nothing in Vaquita decides by reading a message.
 */
export const ERROR_CODES = {
  bad_request: { status: 400, retryable: false, title: 'The request is not valid' },
  bad_definition: { status: 400, retryable: false, title: 'The workflow definition is not valid' },
  bad_yaml: { status: 400, retryable: false, title: 'The text is not valid YAML or JSON' },
  missing_parameter: { status: 400, retryable: false, title: 'A required parameter has no value' },
  unauthenticated: { status: 401, retryable: false, title: 'Sign in or send a valid token' },
  forbidden: { status: 403, retryable: false, title: 'Not allowed' },
  not_found: { status: 404, retryable: false, title: 'Not found' },
  method_not_allowed: { status: 405, retryable: false, title: 'Method not allowed' },
  conflict: { status: 409, retryable: false, title: 'The state of the thing forbids this' },
  name_in_use: { status: 409, retryable: false, title: 'The name is already in use' },
  idempotency_mismatch: { status: 409, retryable: false, title: 'The idempotency key was used with another body' },
  replayed: { status: 409, retryable: false, title: 'This delivery has been taken already' },
  /** A change named the version it was made from, and that is not the newest any more. */
  changed_meanwhile: { status: 412, retryable: false, title: 'Somebody else has changed it meanwhile' },
  gone: { status: 410, retryable: false, title: 'No longer kept' },
  too_large: { status: 413, retryable: false, title: 'Too large' },
  unsupported_media_type: { status: 415, retryable: false, title: 'Unsupported content type' },
  too_many_requests: { status: 429, retryable: true, title: 'Too many requests' },
  internal: { status: 500, retryable: true, title: 'Internal error' },
  unavailable: { status: 503, retryable: true, title: 'Not available now' },
  database_busy: { status: 503, retryable: true, title: 'The database is busy' },
  /** The connection broke while something was being written. Look before it is done again, or repeat what may be repeated. */
  outcome_unknown: { status: 503, retryable: true, title: 'Not known whether it was done' },
  database_newer: { status: 503, retryable: false, title: 'The database is of a newer version' },
  storage_full: { status: 507, retryable: false, title: 'There is no room left' },
  /** A commit of a leader whose epoch is over. The process must step down. */
  fenced: { status: 503, retryable: false, title: 'No longer the leader' },
  lock_not_held: { status: 503, retryable: false, title: 'The lock is not held' },
  session_expired: { status: 503, retryable: true, title: 'The registry session has expired' },
  protocol_violation: { status: 400, retryable: false, title: 'The worker protocol was violated' },
  bad_settings: { status: 500, retryable: false, title: 'The settings are not valid' },
  port_in_use: { status: 500, retryable: false, title: 'The port is in use' },
  data_dir_unwritable: { status: 500, retryable: false, title: 'The data folder cannot be written' },
  task_failed: { status: 500, retryable: false, title: 'The task failed' },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
