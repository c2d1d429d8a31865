/** What the server found wrong with one of the settings, or with a part of it. Pure. */
import type { ApiError } from '@vaquita/client';

/** `at`: where the settings stand in what was sent; empty: they are the whole. `exact`: its parts say theirs themselves. */
export function serverError(
  error: Pick<ApiError, 'errors'> | null,
  key: string,
  at = 'settings',
  exact = false,
): string | undefined {
  const path = at === '' ? key : `${at}.${key}`;
  return error?.errors.find((problem) => {
    if (!problem.path.startsWith(path)) return false;
    const after = problem.path.charAt(path.length);
    return after === '' || (!exact && (after === '.' || after === '['));
  })?.message;
}
