/**
 * What the environment of a task comes to at the moment it is sent to a worker.
 *
 * O1 A secret that is not there, or cannot be opened, is no empty value: the task is told why it cannot have it.
 * O2 What can go wrong is told by names; no value stands in any message.
 */
import type { Sealer } from '../sealing/sealer.ts';
import { openSecret } from './open-secret.ts';
import type { EnvironmentWithSecrets } from './rows.ts';

/** Variables for one task. Those in `secrets` are to be shown to nobody. */
export interface OpenedEnvironment {
  readonly values: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** @param found undefined when there is no environment of that name for the project */
export async function openEnvironment(
  name: string,
  found: EnvironmentWithSecrets | undefined,
  sealer: Pick<Sealer, 'open'>,
): Promise<OpenedEnvironment | { readonly problem: string }> {
  if (found === undefined) {
    return { problem: `There is no environment "${name}" for this project. Make it, or let the task name another.` };
  }
  const values: [string, string][] = [];
  const secrets: [string, string][] = [];
  for (const { name: variable, value, secret } of found.environment.variables) {
    if (secret === null) {
      values.push([variable, value ?? '']);
      continue;
    }
    const opened = await openSecret({ secret, use: variable, owner: `environment "${name}"` }, found.secrets, sealer);
    if ('problem' in opened) return opened;
    secrets.push([variable, opened.value]);
  }
  return { values: Object.fromEntries(values), secrets: Object.fromEntries(secrets) };
}
