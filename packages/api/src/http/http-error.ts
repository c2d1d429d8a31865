/** An error of the table together with headers that its answer must carry, such as Retry-After or Allow. */
import { AppError, type AppErrorOptions, type ErrorCode } from '@vaquita/core';

export class HttpError extends AppError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions & { headers: Record<string, string> }) {
    super(code, message, options);
    this.headers = options.headers;
  }
}
