/** Who is asking: an API token in the Authorization header, or the session cookie of the UI. */
import {
  AppError,
  type Permission,
  permissionsOf,
  type Role,
  type SessionId,
  type TokenId,
  type UserId,
} from '@vaquita/core';
import type { Preferences, UserRow } from '@vaquita/store';
import type { ApiDeps } from '../deps.ts';
import { equalInConstantTime, secretDigest } from './digest.ts';
import { TOKEN_PREFIXES } from './tokens.ts';

export interface Caller {
  readonly via: 'session' | 'token';
  readonly userId: UserId;
  readonly name: string;
  readonly role: Role;
  /** Of the role, what the scopes of the token leave. */
  readonly permissions: readonly Permission[];
  /** The password is one that was made for the person: nothing else is possible before there is another. */
  readonly mustChangePassword: boolean;
  readonly preferences: Preferences;
  readonly sessionId: SessionId | null;
  readonly tokenId: TokenId | null;
  readonly expiresAt: number | null;
}

export const SESSION_COOKIE = 'vaquita_session';

type CallerDeps = Pick<ApiDeps, 'store' | 'clock'>;

/** @throws AppError `unauthenticated`, saying which part of the proof is wrong. */
export async function authenticate(request: Request, deps: CallerDeps): Promise<Caller> {
  const header = request.headers.get('authorization');
  if (header !== null) {
    const [, token] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
    if (token === undefined) throw unauthenticated('The Authorization header must be “Bearer <API token>”.');
    return callerOfToken(token, deps);
  }
  const secret = readCookie(request, SESSION_COOKIE);
  if (secret !== undefined) return callerOfSession(secret, deps);
  throw unauthenticated('Sign in, or send an API token as “Authorization: Bearer <token>”.');
}

async function callerOfToken(token: string, { store, clock }: CallerDeps): Promise<Caller> {
  if (token.startsWith(TOKEN_PREFIXES.worker)) {
    throw unauthenticated('This is a worker token: it lets a worker join. The API needs an API token.');
  }
  const hash = secretDigest(token);
  const now = clock.now();
  const row = await store.tokens.use(hash, now);
  if (!row || !equalInConstantTime(row.secretHash, hash)) throw unauthenticated('This API token is not known.');
  if (row.kind !== 'api') throw unauthenticated('This is a worker token. The API needs an API token.');
  if (row.revokedAt !== null) throw unauthenticated('This API token was revoked.');
  if (row.expiresAt !== null && row.expiresAt <= now) throw unauthenticated('This API token has expired.');
  const user = row.userId === null ? undefined : await store.users.find(row.userId);
  if (!user) throw unauthenticated('The owner of this API token no longer exists.');
  if (user.disabledAt !== null) throw unauthenticated('The owner of this API token is disabled.');
  const permissions = permissionsOf(user.role, row.scopes);
  const person = { ...personOf(user), permissions, mustChangePassword: false };
  return { via: 'token', ...person, sessionId: null, tokenId: row.id, expiresAt: row.expiresAt };
}

async function callerOfSession(secret: string, { store, clock }: CallerDeps): Promise<Caller> {
  const hash = secretDigest(secret);
  const now = clock.now();
  const found = await store.sessions.use(hash, now);
  if (!found || !equalInConstantTime(found.session.secretHash, hash) || found.session.expiresAt <= now) {
    throw unauthenticated('The session has ended. Sign in again.');
  }
  if (found.user.disabledAt !== null) throw unauthenticated(DISABLED);
  const { id: sessionId, expiresAt } = found.session;
  return { via: 'session', ...personOf(found.user), sessionId, tokenId: null, expiresAt };
}

export const DISABLED = 'This user is disabled. An administrator can enable it again.';

/** What a session says of its person. */
export function personOf({ id, name, role, passwordExpiresAt, preferences }: UserRow) {
  const mustChangePassword = passwordExpiresAt !== null;
  return { userId: id, name, role, permissions: permissionsOf(role), mustChangePassword, preferences };
}

function readCookie(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}

function unauthenticated(message: string): AppError {
  return new AppError('unauthenticated', message);
}
