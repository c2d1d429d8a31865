/** The one client of this tab. The session cookie speaks for the person; a 401 anywhere means the session is over. */
import { ApiError, createClient, type VaquitaClient } from '@vaquita/client';
import { apiBase } from '#lib/routes/route-for.ts';

let onUnauthenticated: () => void = () => {};

/** Called once by the shell: what to do when the server no longer knows us. */
export function setUnauthenticatedHandler(handler: () => void): void {
  onUnauthenticated = handler;
}

export const api: VaquitaClient = createClient({
  baseUrl: apiBase(),
  fetch: async (input, init) => {
    const response = await fetch(input, { ...init, credentials: 'same-origin' });
    if (response.status === 401 && !(init.method === 'POST' && input.endsWith('/session'))) onUnauthenticated();
    return response;
  },
});

/** Anything thrown, as the error the pages show. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError({ status: 0, code: 'page', title: detail, detail, cause: thrown });
}

/** The message the server gave for one field of the request, or for a part of it such as `startTasks[0]`. */
export function fieldError(error: ApiError | null, path: string): string | undefined {
  return error?.errors.find((problem) => problem.path === path || problem.path.startsWith(`${path}[`))?.message;
}
