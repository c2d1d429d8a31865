/** Environments, and secrets, whose values are given and never read. */
import type {
  EnvironmentChange,
  EnvironmentCreate,
  EnvironmentDetail,
  EnvironmentView,
  SecretChange,
  SecretCreate,
  SecretDetail,
  SecretView,
} from '@vaquita/api/views';
import type { CallOptions, Transport } from '../transport.ts';
import { createScopedClient, type ScopedClient } from './scoped.ts';

export type EnvironmentsClient = ScopedClient<EnvironmentView, EnvironmentDetail, EnvironmentCreate, EnvironmentChange>;

export interface SecretsClient extends ScopedClient<SecretView, SecretDetail, SecretCreate, SecretChange> {
  /** Takes no idempotency key: no trace of the value is kept. */
  create(body: SecretCreate, options?: CallOptions): Promise<SecretDetail>;
}

export const createEnvironmentsClient = (transport: Transport): EnvironmentsClient =>
  createScopedClient(transport, 'environments');

export const createSecretsClient = (transport: Transport): SecretsClient => createScopedClient(transport, 'secrets');
