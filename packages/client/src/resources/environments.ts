/**
 * Environments, and secrets, whose values are given and never read. Addressed by id or by name; of two of one name, `project`
 * says whose is meant.
 */
import type {
  EnvironmentChange,
  EnvironmentCreate,
  EnvironmentDetail,
  EnvironmentPage,
  EnvironmentView,
  ScopedPageQuery,
  ScopeQuery,
  SecretChange,
  SecretCreate,
  SecretDetail,
  SecretPage,
  SecretView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface EnvironmentsClient {
  list(query?: ScopedPageQuery, options?: CallOptions): Promise<EnvironmentPage>;
  all(query?: ScopeQuery): AsyncGenerator<EnvironmentView, void, undefined>;
  get(environment: string, query?: ScopeQuery, options?: CallOptions): Promise<EnvironmentDetail>;
  create(body: EnvironmentCreate, options?: PostOptions): Promise<EnvironmentDetail>;
  update(
    environment: string,
    change: EnvironmentChange,
    query?: ScopeQuery,
    options?: CallOptions,
  ): Promise<EnvironmentDetail>;
  /** Refused while anything uses it. */
  delete(environment: string, query?: ScopeQuery, options?: CallOptions): Promise<void>;
}

export interface SecretsClient {
  list(query?: ScopedPageQuery, options?: CallOptions): Promise<SecretPage>;
  all(query?: ScopeQuery): AsyncGenerator<SecretView, void, undefined>;
  get(secret: string, query?: ScopeQuery, options?: CallOptions): Promise<SecretDetail>;
  create(body: SecretCreate, options?: CallOptions): Promise<SecretDetail>;
  update(secret: string, change: SecretChange, query?: ScopeQuery, options?: CallOptions): Promise<SecretDetail>;
  /** Refused while environments use it. */
  delete(secret: string, query?: ScopeQuery, options?: CallOptions): Promise<void>;
}

export function createEnvironmentsClient(transport: Transport): EnvironmentsClient {
  const at = (...rest: string[]) => pathOf('environments', ...rest);
  const list: EnvironmentsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ ...query, limit: 200, cursor })),
    get: (environment, query, options) => transport.call('GET', at(environment), { query, ...options }),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (environment, json, query, options) =>
      transport.call('PATCH', at(environment), { json, query, ...options }),
    delete: (environment, query, options) => transport.call('DELETE', at(environment), { query, ...options }),
  };
}

export function createSecretsClient(transport: Transport): SecretsClient {
  const at = (...rest: string[]) => pathOf('secrets', ...rest);
  const list: SecretsClient['list'] = (query, options) => transport.call('GET', at(), { query, ...options });
  return {
    list,
    all: (query) => eachItem((cursor) => list({ ...query, limit: 200, cursor })),
    get: (secret, query, options) => transport.call('GET', at(secret), { query, ...options }),
    create: (json, options) => transport.call('POST', at(), { json, ...options }),
    update: (secret, json, query, options) => transport.call('PATCH', at(secret), { json, query, ...options }),
    delete: (secret, query, options) => transport.call('DELETE', at(secret), { query, ...options }),
  };
}
