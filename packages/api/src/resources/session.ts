/** /session and /me: sign in and out of the UI, and who is asking. */
import { AppError, type SessionId, sha256Hex } from '@vaquita/core';
import type { SessionRow, UserRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { SignInAttempts } from '../auth/attempts.ts';
import { type Caller, SESSION_COOKIE } from '../auth/caller.ts';
import { randomSecret } from '../auth/digest.ts';
import { pretendToVerify, verifyPassword } from '../auth/passwords.ts';
import { peerOf } from '../auth/peer.ts';
import { checkSameOrigin, isSecure } from '../auth/same-origin.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { HttpError } from '../http/http-error.ts';
import { MeView, SignInRequest } from '../views/access.ts';
import { isoTimeOrNull } from './paging.ts';

function toMeView(caller: Caller): MeView {
  const { userId: id, name, role, via } = caller;
  return { id, name, role, via, expiresAt: isoTimeOrNull(caller.expiresAt) };
}

/** Counts a try at a password. @throws HttpError `too_many_requests`, with when to come back. */
export function checkAttempt(attempts: SignInAttempts, name: string, address: string): void {
  const waitMs = attempts.begin(name, address);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw new HttpError('too_many_requests', `Too many wrong passwords. Try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}

export function sessionEndpoints(deps: ApiDeps, audit: Audit, attempts: SignInAttempts): readonly Endpoint[] {
  const { store, clock, settings } = deps;
  const tag = 'Access';

  async function checkPassword(name: string, password: string): Promise<UserRow> {
    const user = await store.users.findByName(name);
    if (!user) await pretendToVerify(password);
    else if (await verifyPassword(password, user.passwordHash)) return user;
    throw new AppError('unauthenticated', 'The name or the password is wrong.');
  }

  function cookie(raw: Request, value: string, maxAgeS: number): string {
    const secure = isSecure(raw, settings.trustProxy) ? '; Secure' : '';
    return `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax${secure}`;
  }

  return [
    rawEndpoint({
      method: 'post',
      path: '/api/v1/session',
      tag,
      access: 'open',
      summary: 'Sign in; sets the session cookie',
      body: SignInRequest,
      errors: ['unauthenticated', 'forbidden', 'conflict', 'too_many_requests'],
      status: 201,
      contentType: 'application/json',
      answer: MeView,
      async respond({ body, raw, address: direct }) {
        checkSameOrigin(raw, { trustProxy: settings.trustProxy, required: false });
        const address = peerOf(raw, direct, settings.trustProxy);
        checkAttempt(attempts, body.name, address);
        const user = await checkPassword(body.name, body.password);
        attempts.succeeded(body.name, address);

        const secret = randomSecret(deps.random);
        const now = clock.now();
        const id: SessionId = deps.ids.next<'session'>();
        const session: SessionRow = {
          id,
          userId: user.id,
          secretHash: await sha256Hex(secret),
          createdAt: now,
          expiresAt: now + settings.sessionTtlMs,
        };
        await store.sessions.create(session, user.passwordHash);
        const caller: Caller = {
          via: 'session',
          userId: user.id,
          name: user.name,
          role: user.role,
          sessionId: id,
          tokenId: null,
          expiresAt: session.expiresAt,
        };
        await audit(caller, { action: 'session.create', subject: user.name, data: { address } });
        return Response.json(toMeView(caller), {
          status: 201,
          headers: {
            'set-cookie': cookie(raw, secret, Math.floor(settings.sessionTtlMs / 1000)),
            'cache-control': 'no-store',
          },
        });
      },
    }),
    rawEndpoint({
      method: 'delete',
      path: '/api/v1/session',
      tag,
      access: 'user',
      summary: 'Sign out',
      errors: ['conflict'],
      status: 204,
      contentType: 'application/json',
      async respond({ caller, raw }) {
        if (caller.sessionId === null) {
          throw new AppError('conflict', 'This request is signed in by an API token; revoke the token instead.');
        }
        await store.sessions.delete(caller.sessionId);
        await audit(caller, { action: 'session.delete', subject: caller.name });
        return new Response(null, {
          status: 204,
          headers: { 'set-cookie': cookie(raw, '', 0), 'cache-control': 'no-store' },
        });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/me',
      tag,
      access: 'user',
      summary: 'Who is asking',
      status: 200,
      answer: MeView,
      handle: async ({ caller }) => toMeView(caller),
    }),
  ];
}
