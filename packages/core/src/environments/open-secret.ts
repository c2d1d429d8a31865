/** The value of a secret, for one message to whom it is meant for. What goes wrong is told by names. */
import { toAppError } from '../errors/app-error.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { SecretRow } from './rows.ts';

export interface NamedSecret {
  readonly secret: string;
  /** What it is for there, such as a variable. */
  readonly use: string;
  /** Who names it, such as `environment "production"`. */
  readonly owner: string;
}

/** @param found those that are there, by name */
export async function openSecret(
  { secret, use, owner }: NamedSecret,
  found: ReadonlyMap<string, Pick<SecretRow, 'id' | 'sealed'>>,
  sealer: Pick<Sealer, 'open'>,
): Promise<{ readonly value: string } | { readonly problem: string }> {
  const kept = found.get(secret);
  if (kept === undefined)
    return { problem: `The ${owner} names the secret "${secret}" for ${use}, and there is none.` };
  try {
    return { value: await sealer.open(kept.id, kept.sealed) };
  } catch (error) {
    return { problem: `The secret "${secret}" of the ${owner} cannot be opened: ${toAppError(error).message}` };
  }
}
