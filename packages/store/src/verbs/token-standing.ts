import type { WorkerToken } from '../ports/master.ts';
import type { TokenRow } from '../ports/people.ts';

export function standingOf({ revokedAt, expiresAt }: TokenRow, now: number): WorkerToken['standing'] {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'valid';
}
