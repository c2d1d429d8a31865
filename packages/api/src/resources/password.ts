/** /me/password: who knows the old one chooses another; every other session of that user ends with it. */
import { AppError } from '@vaquita/core';
import type { Audit } from '../audit.ts';
import type { SignInAttempts } from '../auth/attempts.ts';
import { hashPassword, verifyPassword } from '../auth/passwords.ts';
import { peerOf } from '../auth/peer.ts';
import { checkOwnAccount } from '../auth/permit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { PasswordChange } from '../views/access.ts';
import { checkAttempt } from './session.ts';

export function passwordEndpoints(deps: ApiDeps, audit: Audit, attempts: SignInAttempts): readonly Endpoint[] {
  const { store, clock, random, settings } = deps;
  return [
    endpoint({
      method: 'put',
      path: '/api/v1/me/password',
      tag: 'Access',
      access: 'self',
      summary: 'Change the own password; ends the other sessions',
      description: 'API tokens stay as they are: they are revoked one by one.',
      body: PasswordChange,
      errors: ['too_many_requests'],
      status: 204,
      async handle({ body, caller, raw, address: direct }) {
        checkOwnAccount(caller);
        // Who found a session open must not find out the password here, any more than at sign-in.
        const address = peerOf(raw, direct, settings.trustProxy);
        checkAttempt(attempts, caller.name, address);
        const user = await store.users.find(caller.userId);
        if (!user || !(await verifyPassword(body.currentPassword, user.passwordHash))) {
          throw new AppError('bad_request', 'The password was not changed.', {
            problems: [{ path: 'currentPassword', message: 'This is not the password you have now' }],
          });
        }
        attempts.succeeded(caller.name, address);
        if (body.newPassword === body.currentPassword) {
          throw new AppError('bad_request', 'The password was not changed.', {
            problems: [{ path: 'newPassword', message: 'Choose another than the one you have now' }],
          });
        }
        const passwordHash = await hashPassword(body.newPassword, random);
        await store.users.setPassword(user.id, { passwordHash, at: clock.now(), keepSession: caller.sessionId });
        await audit(caller, { action: 'password.change', subject: user.name, data: { address } });
      },
    }),
  ];
}
