/** /session and /me: sign in and out of the UI, and who is asking. */
import { AppError } from '@vaquita/core';
import type { UserRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { SignInAttempts } from '../auth/attempts.ts';
import { DISABLED } from '../auth/caller.ts';
import { pretendToVerify, verifyPassword } from '../auth/passwords.ts';
import { peerOf } from '../auth/peer.ts';
import { checkSameOrigin } from '../auth/same-origin.ts';
import { beginSession, sessionCookie, toMeView } from '../auth/sign-in.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { HttpError } from '../http/http-error.ts';
import { MeView, SignInRequest } from '../views/access.ts';

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

  /** Said only to who knows the password. */
  function checkMaySignIn({ disabledAt, passwordExpiresAt }: UserRow): void {
    if (disabledAt !== null) throw new AppError('unauthenticated', DISABLED);
    if (passwordExpiresAt !== null && passwordExpiresAt <= clock.now()) {
      const message = 'This one-time password has ended. An administrator can make another one.';
      throw new AppError('unauthenticated', message);
    }
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

        checkMaySignIn(user);
        // Who has come in has no need to choose the first password any more, and nobody else may.
        if (user.setUpHash !== null) await store.users.update(user.id, { setUpHash: null, at: clock.now() });
        const told = { action: 'session.create', subject: user.name, data: { address } };
        return beginSession(deps, audit, { user, raw, address, told });
      },
    }),
    rawEndpoint({
      method: 'delete',
      path: '/api/v1/session',
      tag,
      access: 'self',
      summary: 'Sign out',
      errors: ['conflict'],
      status: 204,
      contentType: 'application/json',
      async respond({ caller, raw }) {
        if (caller.sessionId === null) {
          throw new AppError('conflict', 'This request is signed in by an API token; revoke the token instead.');
        }
        await store.sessions.delete(caller.sessionId, caller.userId);
        await audit(caller, { action: 'session.delete', subject: caller.name });
        return new Response(null, {
          status: 204,
          headers: {
            'set-cookie': sessionCookie(raw, '', { maxAgeS: 0, settings }),
            'cache-control': 'no-store',
          },
        });
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/v1/me',
      tag,
      access: 'self',
      summary: 'Who is asking',
      status: 200,
      answer: MeView,
      handle: async ({ caller }) => toMeView(caller),
    }),
  ];
}
