import type { ErrorCode } from '@vaquita/core';

/** Troubles that any unit would have: they say nothing about what was to be written. */
export function isOfTheStore(code: ErrorCode): boolean {
  return OF_THE_STORE.has(code);
}

const OF_THE_STORE: ReadonlySet<ErrorCode> = new Set([
  ...(['fenced', 'unavailable', 'database_busy', 'outcome_unknown', 'storage_full'] as const),
]);
