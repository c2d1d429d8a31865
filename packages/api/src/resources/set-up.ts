/**
 * /set-up: the first administrator's password is chosen in a browser.
 * Only with the code that the server prints: whoever reaches the port first, also through a proxy on the same machine,
 * is not thereby its owner. The code ends with its use, with a sign-in, and with every other change of the password.
 */
import { AppError, sha256Hex } from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { SignInAttempts } from '../auth/attempts.ts';
import { equalInConstantTime } from '../auth/digest.ts';
import { hashPassword } from '../auth/passwords.ts';
import { peerOf } from '../auth/peer.ts';
import { checkSameOrigin } from '../auth/same-origin.ts';
import { beginSession } from '../auth/sign-in.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint, rawEndpoint } from '../http/endpoint.ts';
import { MeView } from '../views/access.ts';
import { SetUpRequest, SetUpView } from '../views/people.ts';
import { checkAttempt } from './session.ts';

/** The user that a new database has. */
export const ADMIN_NAME = 'admin';
const PATH = '/api/v1/set-up';
/** Counted apart from sign-ins: nobody is locked out of one by the other. */
const COUNTED_AS = 'set-up code';

export function setUpEndpoints(deps: ApiDeps, audit: Audit, attempts: SignInAttempts): readonly Endpoint[] {
  const { store, clock, random, settings } = deps;
  const tag = 'Access';
  return [
    endpoint({
      method: 'get',
      path: PATH,
      tag,
      access: 'open',
      summary: 'Whether the server waits to be set up',
      status: 200,
      answer: SetUpView,
      handle: async () => ({ open: ((await store.users.findByName(ADMIN_NAME))?.setUpHash ?? null) !== null }),
    }),
    rawEndpoint({
      method: 'post',
      path: PATH,
      tag,
      access: 'open',
      summary: 'Choose the password of the first administrator with the set-up code, and sign in',
      body: SetUpRequest,
      errors: ['conflict', 'forbidden', 'too_many_requests'],
      status: 201,
      contentType: 'application/json',
      answer: MeView,
      async respond({ body, raw, address: direct }) {
        checkSameOrigin(raw, { trustProxy: settings.trustProxy, required: false });
        const address = peerOf(raw, direct, settings.trustProxy);
        checkAttempt(attempts, COUNTED_AS, address);
        const admin = await store.users.findByName(ADMIN_NAME);
        if (!admin || admin.setUpHash === null) {
          throw new AppError('conflict', 'This server has been set up already. Sign in.');
        }
        const setUpHash = await sha256Hex(body.code);
        if (!equalInConstantTime(admin.setUpHash, setUpHash)) {
          throw new AppError('bad_request', 'The server was not set up.', {
            problems: [{ path: 'code', message: 'This is not the code the server has printed when it last started' }],
          });
        }
        attempts.succeeded(COUNTED_AS, address);
        const passwordHash = await hashPassword(body.password, random);
        await store.users.setPassword(admin.id, { passwordHash, at: clock.now(), keepSession: null, setUpHash });
        const user = { ...admin, passwordHash, passwordExpiresAt: null, setUpHash: null };
        const told = { action: 'server.set_up', subject: admin.name, data: { address } };
        return beginSession(deps, audit, { user, raw, address, told });
      },
    }),
  ];
}
