/** Who is asking: an API token in the Authorization header, or the session cookie of the UI. */
import { AppError, type SessionId, type TokenId, type UserId } from '@vaquita/core';
import type { ApiDeps } from '../deps.ts';
import { equalInConstantTime, secretDigest } from './digest.ts';
import { TOKEN_PREFIXES } from './tokens.ts';

export interface Caller {
  readonly via: 'session' | 'token';
  readonly userId: UserId;
  readonly name: string;
  readonly role: 'admin' | 'user';
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
  const { id: userId, name, role } = user;
  return { via: 'token', userId, name, role, sessionId: null, tokenId: row.id, expiresAt: row.expiresAt };
}

async function callerOfSession(secret: string, { store, clock }: CallerDeps): Promise<Caller> {
  const hash = secretDigest(secret);
  const now = clock.now();
  const found = await store.sessions.use(hash, now);
  if (!found || !equalInConstantTime(found.session.secretHash, hash) || found.session.expiresAt <= now) {
    throw unauthenticated('The session has ended. Sign in again.');
  }
  const { id: userId, name, role } = found.user;
  const { id: sessionId, expiresAt } = found.session;
  return { via: 'session', userId, name, role, sessionId, tokenId: null, expiresAt };
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
