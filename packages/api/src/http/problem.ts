/** Every error of the API leaves through here: RFC 9457, never a stack, never an inner message of a 500. */
import { type AppError, ERROR_CODES, type ErrorCode } from '@vaquita/core';
import type { ProblemView } from '../views/page.ts';
import { ChangedMeanwhile } from './changed-meanwhile.ts';

/** Codes whose message was written for an operator's log and may quote inner parts. */
const HIDDEN: ReadonlySet<ErrorCode> = new Set(['internal']);

const RETRY_AFTER_S = 1;

function toProblem(error: AppError, requestId: string): ProblemView {
  const { status, title } = ERROR_CODES[error.code];
  return {
    type: `urn:vaquita:problem:${error.code}`,
    title,
    status,
    code: error.code,
    detail: HIDDEN.has(error.code)
      ? `The server failed to handle this request. The server’s log has the details under request id ${requestId}.`
      : error.message,
    requestId,
    ...(error.problems.length > 0 ? { errors: [...error.problems] } : {}),
    ...(error instanceof ChangedMeanwhile ? { newest: newestView(error) } : {}),
  };
}

function newestView({ newest }: ChangedMeanwhile): NonNullable<ProblemView['newest']> {
  return { ...newest, changedAt: new Date(newest.changedAt).toISOString() };
}

export function problemResponse(
  error: AppError,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const problem = toProblem(error, requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      ...(problem.status === 401 ? { 'www-authenticate': 'Bearer realm="vaquita"' } : {}),
      ...(problem.status === 503 ? { 'retry-after': String(RETRY_AFTER_S) } : {}),
      ...headers,
    },
  });
}
