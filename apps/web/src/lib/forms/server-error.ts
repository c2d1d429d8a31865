/** What the server found wrong with one of the settings, or with a part of it. Pure. */
import type { ApiError } from '@vaquita/client';

export function serverError(error: Pick<ApiError, 'errors'> | null, key: string): string | undefined {
  const path = `settings.${key}`;
  return error?.errors.find((problem) => {
    if (!problem.path.startsWith(path)) return false;
    const after = problem.path.charAt(path.length);
    return after === '' || after === '.' || after === '[';
  })?.message;
}
