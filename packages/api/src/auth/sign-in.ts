/** Begins a session and hands its cookie out: after a password was checked, and after the first one was chosen. */
import { type SessionId, sha256Hex } from '@vaquita/core';
import type { SessionRow, UserRow } from '@vaquita/store';
import type { Audit, Change } from '../audit.ts';
import type { ApiDeps, ApiSettings } from '../deps.ts';
import { isoTimeOrNull } from '../resources/paging.ts';
import type { MeView } from '../views/access.ts';
import { type Caller, personOf, SESSION_COOKIE } from './caller.ts';
import { randomSecret } from './digest.ts';
import { isSecure } from './same-origin.ts';

const USER_AGENT_CHARS = 200;

export function toMeView(caller: Caller): MeView {
  const { userId: id, name, role, via, mustChangePassword, preferences } = caller;
  const permissions = [...caller.permissions];
  return {
    id,
    name,
    role,
    permissions,
    mustChangePassword,
    preferences,
    via,
    expiresAt: isoTimeOrNull(caller.expiresAt),
  };
}

/** Ends with `maxAgeS` 0. */
export function sessionCookie(
  raw: Request,
  value: string,
  { maxAgeS, settings }: { maxAgeS: number; settings: Pick<ApiSettings, 'trustProxy' | 'basePath'> },
): string {
  const secure = isSecure(raw, settings.trustProxy) ? '; Secure' : '';
  // Other servers of the same host are none of its business.
  const path = settings.basePath || '/';
  return `${SESSION_COOKIE}=${value}; Path=${path}; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure}`;
}

/** @throws AppError `conflict` when the password is another by now, or the user disabled. */
export async function beginSession(
  deps: ApiDeps,
  audit: Audit,
  { user, raw, address, told }: { user: UserRow; raw: Request; address: string; told: Change },
): Promise<Response> {
  const { sessionTtlMs } = deps.settings;
  const secret = randomSecret(deps.random);
  const now = deps.clock.now();
  const id: SessionId = deps.ids.next<'session'>();
  const session: SessionRow = {
    id,
    userId: user.id,
    secretHash: await sha256Hex(secret),
    address,
    userAgent: (raw.headers.get('user-agent') ?? '').slice(0, USER_AGENT_CHARS),
    lastSeenAt: now,
    createdAt: now,
    expiresAt: now + sessionTtlMs,
  };
  await deps.store.sessions.create(session, user.passwordHash);
  const { expiresAt } = session;
  const caller: Caller = { via: 'session', ...personOf(user), sessionId: id, tokenId: null, expiresAt };
  await audit(caller, told);
  const cookie = sessionCookie(raw, secret, {
    maxAgeS: Math.floor(sessionTtlMs / 1000),
    settings: deps.settings,
  });
  return Response.json(toMeView(caller), {
    status: 201,
    headers: { 'set-cookie': cookie, 'cache-control': 'no-store' },
  });
}
