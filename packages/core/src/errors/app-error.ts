import { ERROR_CODES, type ErrorCode } from './codes.ts';

/** One wrong place in an input: a JSON path such as `tasks[2].dependsOn[0]`, and what to do about it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

export interface AppErrorOptions {
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** The one error class that crosses package borders. `message` is written for the person who reads it. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.problems = options.problems ?? [];
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }
}

/** The one door from a caught `unknown`: an AppError stays itself, anything else becomes `internal` with its cause. */
export function toAppError(thrown: unknown, fallback: ErrorCode = 'internal'): AppError {
  if (thrown instanceof AppError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new AppError(fallback, message, { cause: thrown });
}
