/** Users, what roles may do, one's own sessions and preferences, and the set-up of a new server. */
import type {
  MeView,
  PageQuery,
  PreferencesChange,
  PreferencesView,
  RolesView,
  SessionPage,
  SetUpRequest,
  SetUpView,
  UserChange,
  UserCreate,
  UserPage,
  UserView,
  UserWithPassword,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface UsersClient {
  list(query?: PageQuery, options?: CallOptions): Promise<UserPage>;
  all(): AsyncGenerator<UserView, void, undefined>;
  /** By id or by name. */
  get(user: string, options?: CallOptions): Promise<UserView>;
  /** The answer holds the one-time password; it is not shown again. */
  create(body: UserCreate, options?: PostOptions): Promise<UserWithPassword>;
  /** To disable somebody ends every session and every API token of that user. */
  update(user: string, change: UserChange, options?: CallOptions): Promise<UserView>;
  /** Ends every session; the answer holds the one-time password. */
  resetPassword(user: string, options?: PostOptions): Promise<UserWithPassword>;
  sessions(user: string, query?: PageQuery, options?: CallOptions): Promise<SessionPage>;
  signOut(user: string, options?: CallOptions): Promise<void>;
}

export interface AccountClient {
  sessions(query?: PageQuery, options?: CallOptions): Promise<SessionPage>;
  endSession(id: string, options?: CallOptions): Promise<void>;
  /** Ends all but the one that asks. */
  endOtherSessions(options?: CallOptions): Promise<void>;
  setPreferences(change: PreferencesChange, options?: CallOptions): Promise<PreferencesView>;
  /** What each role may do; whoever is signed in may read it. */
  roles(options?: CallOptions): Promise<RolesView>;
}

export interface SetUpClient {
  get(options?: CallOptions): Promise<SetUpView>;
  /** Chooses the first password with the code that the server has printed, and signs in. */
  run(body: SetUpRequest, options?: CallOptions): Promise<MeView>;
}

export function createUsersClient(transport: Transport): UsersClient {
  const list: UsersClient['list'] = (query, options) => transport.call('GET', pathOf('users'), { query, ...options });
  return {
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    get: (user, options) => transport.call('GET', pathOf('users', user), options),
    create: (json, options) => transport.call('POST', pathOf('users'), { json, ...options }),
    update: (user, json, options) => transport.call('PATCH', pathOf('users', user), { json, ...options }),
    resetPassword: (user, options) => transport.call('POST', pathOf('users', user, 'reset-password'), options),
    sessions: (user, query, options) => transport.call('GET', pathOf('users', user, 'sessions'), { query, ...options }),
    signOut: (user, options) => transport.call('DELETE', pathOf('users', user, 'sessions'), options),
  };
}

export function createAccountClient(transport: Transport): AccountClient {
  return {
    sessions: (query, options) => transport.call('GET', pathOf('me', 'sessions'), { query, ...options }),
    endSession: (id, options) => transport.call('DELETE', pathOf('me', 'sessions', id), options),
    endOtherSessions: (options) => transport.call('DELETE', pathOf('me', 'sessions'), options),
    setPreferences: (json, options) => transport.call('PATCH', pathOf('me', 'preferences'), { json, ...options }),
    roles: (options) => transport.call('GET', pathOf('roles'), options),
  };
}

export function createSetUpClient(transport: Transport): SetUpClient {
  return {
    get: (options) => transport.call('GET', pathOf('set-up'), options),
    run: (json, options) => transport.call('POST', pathOf('set-up'), { json, ...options }),
  };
}
