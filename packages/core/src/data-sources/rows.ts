/** Data sources: databases and services that tasks name in the place of an address and a password. */
import type { EnvironmentRow, SecretRow } from '../environments/rows.ts';
import type { Id } from '../identity/ids.ts';

export type DataSourceId = Id<'data-source'>;

/** As with environments: what is of a project stands before what is of none and has the same name. */
export interface DataSourceRow extends Omit<EnvironmentRow, 'id' | 'variables'> {
  readonly id: DataSourceId;
  /** See `DATA_SOURCE_KINDS`; it stays as it is. */
  readonly kind: string;
  /** As the kind's schema has them. Everybody may see them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of secrets, by what the kind needs them for. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A data source with the secrets that it names, as far as they are there. */
export interface DataSourceWithSecrets {
  readonly dataSource: DataSourceRow;
  /** By name. */
  readonly secrets: ReadonlyMap<string, Pick<SecretRow, 'id' | 'sealed'>>;
}
