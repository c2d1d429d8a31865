/** The secret of a webhook, as it is sealed: the one that is in force, and one before it that is for some more time. */
import type { Random } from '../time/random.ts';

export interface HookSecrets {
  readonly current: string;
  readonly previous: { readonly secret: string /** Epoch milliseconds. */; readonly until: number } | null;
}

const SECRET_BYTES = 32;

/** As it is shown to people, once; its text is the key of the signature. */
export function newHookSecret(random: Pick<Random, 'bytes'>): string {
  let digits = '';
  for (const byte of random.bytes(SECRET_BYTES)) digits += byte.toString(16).padStart(2, '0');
  return `whsec_${digits}`;
}

export function rotateSecrets(
  { current }: HookSecrets,
  next: { readonly secret: string; readonly keepOldMs: number },
  now: number,
): HookSecrets {
  const previous = next.keepOldMs > 0 ? { secret: current, until: now + next.keepOldMs } : null;
  return { current: next.secret, previous };
}

export function secretsInForce({ current, previous }: HookSecrets, now: number): readonly string[] {
  return previous !== null && previous.until > now ? [current, previous.secret] : [current];
}
