/** What every failed call throws: the server's problem answer, or the reason why there was none. */
import type { ProblemView } from '@vaquita/api/views';
import type { Problem } from '@vaquita/core';

export interface ApiErrorDetails {
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The server's error code; `unreachable` when no answer came, `bad_answer` when it was not the API's. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly Problem[];
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly newest?: ProblemView['newest'] | undefined;
  readonly cause?: unknown;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly Problem[];
  readonly requestId: string | undefined;
  /** How long the server asks to wait before another try. */
  readonly retryAfterMs: number | undefined;
  /** With `changed_meanwhile`: the version that somebody else has saved meanwhile. */
  readonly newest: ProblemView['newest'] | undefined;

  constructor(details: ApiErrorDetails) {
    super(details.detail || details.title, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ApiError';
    this.status = details.status;
    this.code = details.code;
    this.title = details.title;
    this.detail = details.detail;
    this.errors = details.errors ?? [];
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.newest = details.newest;
  }

  /** True when the same call may succeed later: no answer, too many requests, or a server that is not ready. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Reads the problem answer of a failed response; also makes sense of answers that a proxy gave instead. */
export async function toApiError(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('retry-after'));
  const text = await response.text().catch(() => '');
  const problem = readProblem(text);
  return new ApiError({
    status: response.status,
    code: problem?.code ?? 'bad_answer',
    title: problem?.title ?? `The server answered ${response.status}`,
    detail: problem?.detail ?? `The server answered ${response.status} ${response.statusText}`.trim(),
    errors: problem?.errors ?? [],
    newest: problem?.newest,
    requestId: problem?.requestId ?? response.headers.get('x-request-id') ?? undefined,
    retryAfterMs: retryAfter > 0 ? retryAfter * 1000 : undefined,
  });
}

interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly Problem[];
  readonly newest?: ProblemView['newest'];
  readonly requestId?: string;
}

function readProblem(text: string): ProblemBody | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ProblemBody) : undefined;
  } catch {
    return undefined;
  }
}
