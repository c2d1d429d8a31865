/** Sign-in, who is asking, and the two kinds of tokens. */
import type {
  MeView,
  PasswordChange,
  SignInRequest,
  TokenCreate,
  TokenCreated,
  TokenPage,
  TokenQuery,
  TokenView,
} from '@vaquita/api/views';
import { eachItem } from '../pages.ts';
import { type CallOptions, type PostOptions, pathOf, type Transport } from '../transport.ts';

export interface SessionClient {
  /** The server sets the session cookie; in a browser nothing more is needed. */
  signIn(body: SignInRequest, options?: CallOptions): Promise<MeView>;
  signOut(options?: CallOptions): Promise<void>;
  me(options?: CallOptions): Promise<MeView>;
  /** Ends every other session of the user. */
  changePassword(body: PasswordChange, options?: CallOptions): Promise<void>;
}

export interface TokensClient {
  list(query?: TokenQuery, options?: CallOptions): Promise<TokenPage>;
  all(): AsyncGenerator<TokenView, void, undefined>;
  /** The answer holds the token; it is not shown again. */
  create(body: TokenCreate, options?: PostOptions): Promise<TokenCreated>;
  revoke(id: string, options?: CallOptions): Promise<void>;
}

export function createSessionClient(transport: Transport): SessionClient {
  return {
    signIn: (json, options) => transport.call('POST', pathOf('session'), { json, ...options }),
    signOut: (options) => transport.call('DELETE', pathOf('session'), options),
    me: (options) => transport.call('GET', pathOf('me'), options),
    changePassword: (json, options) => transport.call('PUT', pathOf('me', 'password'), { json, ...options }),
  };
}

export function createTokensClient(transport: Transport, collection: 'tokens' | 'worker-tokens'): TokensClient {
  const list: TokensClient['list'] = (query, options) =>
    transport.call('GET', pathOf(collection), { query, ...options });
  return {
    list,
    all: () => eachItem((cursor) => list({ limit: 200, cursor })),
    create: (json, options) => transport.call('POST', pathOf(collection), { json, ...options }),
    revoke: (id, options) => transport.call('DELETE', pathOf(collection, id), options),
  };
}
