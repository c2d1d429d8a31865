import type { TokenRow } from '../ports/api.ts';
import type { WorkerToken } from '../ports/master.ts';

export function standingOf({ revokedAt, expiresAt }: TokenRow, now: number): WorkerToken['standing'] {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'valid';
}
