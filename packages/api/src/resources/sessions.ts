/** /me/sessions and /me/preferences: where one is signed in, and how one wants things shown. */
import { AppError } from '@vaquita/core';
import type { Preferences, SessionRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { checkOwnAccount } from '../auth/permit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { PreferencesChange, PreferencesView } from '../views/access.ts';
import { PageQuery } from '../views/page.ts';
import { SessionPage, type SessionView } from '../views/people.ts';
import { isoTime, pageRequest, toPage } from './paging.ts';

const SESSIONS = '/api/v1/me/sessions';

export function toSessionView(row: SessionRow, caller: Caller): SessionView {
  const { id, address, userAgent } = row;
  return {
    id,
    current: id === caller.sessionId,
    address,
    userAgent,
    createdAt: isoTime(row.createdAt),
    lastSeenAt: isoTime(row.lastSeenAt),
    expiresAt: isoTime(row.expiresAt),
  };
}

export function ownSessionEndpoints({ store, clock }: ApiDeps, audit: Audit): readonly Endpoint[] {
  const tag = 'Access';
  return [
    endpoint({
      method: 'get',
      path: SESSIONS,
      tag,
      access: 'self',
      summary: 'Where one is signed in, newest first',
      query: PageQuery,
      status: 200,
      answer: SessionPage,
      async handle({ query, caller }) {
        checkOwnAccount(caller);
        const page = await store.sessions.list(caller.userId, pageRequest(query), clock.now());
        return toPage(page, (row) => toSessionView(row, caller));
      },
    }),
    endpoint({
      method: 'delete',
      path: SESSIONS,
      tag,
      access: 'self',
      summary: 'Sign out everywhere else',
      status: 204,
      async handle({ caller }) {
        checkOwnAccount(caller);
        const ended = await store.sessions.deleteAll(caller.userId, caller.sessionId);
        await audit(caller, { action: 'session.delete_others', subject: caller.name, data: { ended } });
      },
    }),
    endpoint({
      method: 'delete',
      path: `${SESSIONS}/{id}`,
      tag,
      access: 'self',
      summary: 'End one of the own sessions',
      status: 204,
      async handle({ params, caller }) {
        checkOwnAccount(caller);
        if (!(await store.sessions.delete(params.id, caller.userId))) {
          throw new AppError('not_found', `You have no session with the id “${params.id}”; it may have ended.`);
        }
        await audit(caller, { action: 'session.delete', subject: caller.name, data: { id: params.id } });
      },
    }),
    endpoint({
      method: 'patch',
      path: '/api/v1/me/preferences',
      tag,
      access: 'self',
      summary: 'Change how things are shown; null goes back to what the browser has',
      body: PreferencesChange,
      status: 200,
      answer: PreferencesView,
      async handle({ body, caller }) {
        checkOwnAccount(caller);
        const merged = Object.entries({ ...caller.preferences, ...body });
        const preferences: Preferences = Object.fromEntries(merged.filter(([, value]) => typeof value === 'string'));
        await store.users.update(caller.userId, { preferences, at: clock.now() });
        const data = { ...body, before: caller.preferences };
        await audit(caller, { action: 'preferences.update', subject: caller.name, data });
        return preferences;
      },
    }),
  ];
}
