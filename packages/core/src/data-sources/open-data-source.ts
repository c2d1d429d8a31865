/**
 * What a data source comes to at the moment it is used. As with environments: a secret that is not there is no empty value, and what
 * can go wrong is told by names (O1 and O2 in `open-environment.ts`).
 */
import { openSecret } from '../environments/open-secret.ts';
import type { Sealer } from '../sealing/sealer.ts';
import type { DataSourceRow, DataSourceWithSecrets } from './rows.ts';

/** To be kept by nobody. */
export interface OpenedDataSource extends Pick<DataSourceRow, 'name' | 'kind' | 'settings'> {
  /** Values, by what the kind needs them for. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Each of them goes into a header. */
const NOT_IN_A_HEADER = /[^\u0020-\u007e\u0080-\u00ff]/;

/** @param found undefined when there is none of that name for the project */
export async function openDataSource(
  name: string,
  found: DataSourceWithSecrets | undefined,
  sealer: Pick<Sealer, 'open'>,
): Promise<OpenedDataSource | { readonly problem: string }> {
  if (found === undefined) {
    return { problem: `There is no data source "${name}" for this project. Make it, or let the task name another.` };
  }
  const { kind, settings } = found.dataSource;
  const secrets: Record<string, string> = {};
  for (const [use, secret] of Object.entries(found.dataSource.secrets)) {
    const opened = await openSecret({ secret, use, owner: `data source "${name}"` }, found.secrets, sealer);
    if ('problem' in opened) return opened;
    if (use === 'token' && NOT_IN_A_HEADER.test(opened.value)) {
      return {
        problem: `The secret "${secret}" of the data source "${name}" has a line break or another character that no header can carry. Give it a value without.`,
      };
    }
    secrets[use] = opened.value;
  }
  return { name, kind, settings, secrets };
}
