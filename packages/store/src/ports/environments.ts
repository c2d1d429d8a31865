/** What is asked of environments, secrets and data sources. Of two of one name, that of the project stands before that of all projects. */
import type {
  DataSourceRow,
  DataSourceWithSecrets,
  EnvironmentRow,
  EnvironmentVariable,
  EnvironmentWithSecrets,
  ProjectId,
  ScheduleId,
  SecretRow,
  TriggerId,
} from '@vaquita/core';
import type { PageRequest } from './api.ts';
import type { Page } from './master.ts';

/** `null`: only those of all projects. */
export interface ScopedName {
  readonly projectId: ProjectId | null;
  /** Or the id, whatever project it is of. */
  readonly idOrName: string;
}

/** Absent: all there are. A project: those that it can use. */
export interface ScopeFilter {
  readonly projectId?: ProjectId;
}

interface NamedWorkflow {
  readonly project: string;
  readonly workflow: string;
}

/** Who would be without it. Each list in order of its names, and at most as many as were asked for. */
export interface EnvironmentUses {
  /** Those whose newest version names it. */
  readonly workflows: readonly NamedWorkflow[];
  readonly schedules: readonly (NamedWorkflow & { readonly id: ScheduleId; readonly name: string })[];
  readonly triggers: readonly (NamedWorkflow & { readonly id: TriggerId; readonly name: string })[];
  /** Backfills that have not ended. */
  readonly backfills: number;
  /** Runs that have not ended. */
  readonly runs: number;
}

export interface EnvironmentStore {
  /** @throws AppError `name_in_use`, `not_found` for the project. */
  create(row: EnvironmentRow): Promise<void>;
  /** By id; or by name, one of the project before one of all. */
  find(name: ScopedName): Promise<EnvironmentRow | undefined>;
  list(filter: ScopeFilter, page: PageRequest): Promise<Page<EnvironmentRow>>;
  /** @throws AppError `name_in_use`, `not_found`; `conflict` when it is not as in this row any more. */
  update(
    row: Pick<EnvironmentRow, 'id' | 'revision'>,
    change: {
      readonly name?: string;
      readonly description?: string;
      readonly variables?: readonly EnvironmentVariable[];
      readonly by: string;
      readonly at: number;
    },
  ): Promise<void>;
  /** @throws AppError `not_found`. */
  delete(id: EnvironmentRow['id']): Promise<void>;
  uses(row: Pick<EnvironmentRow, 'id' | 'name' | 'projectId'>, limit: number): Promise<EnvironmentUses>;
}

/** Lists and finds as those of environments. */
export interface SecretStore {
  /** @throws AppError `name_in_use`, `not_found` for the project. */
  create(row: SecretRow): Promise<void>;
  find(name: ScopedName): Promise<SecretRow | undefined>;
  list(filter: ScopeFilter, page: PageRequest): Promise<Page<SecretRow>>;
  /** @throws AppError `not_found`. */
  update(
    id: SecretRow['id'],
    change: {
      readonly description?: string;
      readonly sealed?: string;
      readonly by: string;
      readonly at: number;
    },
  ): Promise<void>;
  /** @throws AppError `conflict` while environments or data sources get values from it, `not_found`. */
  delete(id: SecretRow['id']): Promise<void>;
  usedBy(id: SecretRow['id'], limit: number): Promise<SecretUses>;
}

/** Who gets values from a secret: each list by name, and at most as many as were asked for. */
export interface SecretUses {
  readonly environments: readonly Pick<EnvironmentRow, 'id' | 'name' | 'projectId'>[];
  readonly dataSources: readonly Pick<DataSourceRow, 'id' | 'name' | 'projectId'>[];
}

/** Lists and finds as those of environments. */
export interface DataSourceStore {
  /** @throws AppError `name_in_use`, `not_found` for the project. */
  create(row: DataSourceRow): Promise<void>;
  find(name: ScopedName): Promise<DataSourceRow | undefined>;
  list(filter: ScopeFilter, page: PageRequest): Promise<Page<DataSourceRow>>;
  /** @throws AppError `name_in_use`, `not_found`; `conflict` when it is not as in this row any more. */
  update(
    row: Pick<DataSourceRow, 'id' | 'revision'>,
    change: Partial<Pick<DataSourceRow, 'name' | 'description' | 'settings' | 'secrets'>> & {
      readonly by: string;
      readonly at: number;
    },
  ): Promise<void>;
  /** @throws AppError `not_found`. */
  delete(id: DataSourceRow['id']): Promise<void>;
  /** Workflows whose newest version has tasks that name it, and runs of any version that do and have not ended. */
  uses(row: Pick<DataSourceRow, 'id' | 'name' | 'projectId'>, limit: number): Promise<DataSourceUses>;
}

export type DataSourceUses = Pick<EnvironmentUses, 'workflows' | 'runs'>;

/** For whoever sends tasks to workers. */
export interface EnvironmentReader {
  /** What tasks of the project get by this name, and the secrets that it names. */
  read(projectId: ProjectId, name: string): Promise<EnvironmentWithSecrets | undefined>;
}

/** The same for data sources. */
export interface DataSourceReader {
  /** @param projectId null: that of all projects */
  read(projectId: ProjectId | null, name: string): Promise<DataSourceWithSecrets | undefined>;
}
