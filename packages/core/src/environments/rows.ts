/** Environments, which give tasks variables, and secrets, which give those values that nobody is shown. */
import type { Id, ProjectId } from '../identity/ids.ts';

export type EnvironmentId = Id<'environment'>;
export type SecretId = Id<'secret'>;

/** Either has a value, which everybody may see, or names a secret. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string | null;
  readonly secret: string | null;
}

/** What is of a project stands before what is of none and has the same name. */
export interface EnvironmentRow {
  readonly id: EnvironmentId;
  /** Null: for all projects. */
  readonly projectId: ProjectId | null;
  readonly name: string;
  readonly description: string;
  readonly variables: readonly EnvironmentVariable[];
  readonly revision: number;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedBy: string;
  readonly updatedAt: number;
}

export interface SecretRow {
  readonly id: SecretId;
  /** Null: for all projects. */
  readonly projectId: ProjectId | null;
  readonly name: string;
  readonly description: string;
  /** The value, sealed under the id. */
  readonly sealed: string;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedBy: string;
  readonly updatedAt: number;
}

/** An environment with the secrets that its variables name, as far as they are there. */
export interface EnvironmentWithSecrets {
  readonly environment: EnvironmentRow;
  /** By name. */
  readonly secrets: ReadonlyMap<string, Pick<SecretRow, 'id' | 'sealed'>>;
}
