/** Whether a worker is asking: by the token with which it joins, which opens nothing else. */
import { AppError } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';

/** @throws AppError `unauthenticated` */
export async function requireWorkerToken(request: Request, { files }: Pick<ApiDeps, 'files'>): Promise<void> {
  const [, token] = /^Bearer +(\S+) *$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  if (token !== undefined && (await files.isWorkerToken(token))) return;
  throw new AppError(
    'unauthenticated',
    'This needs a worker token that is in force, as “Authorization: Bearer <token>”.',
  );
}
