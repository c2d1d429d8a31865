/** /users: who may sign in, with which role. Nobody changes the own role here, and one administrator always remains. */
import { AppError, type UserId } from '@vaquita/core';
import type { UserRow } from '@vaquita/store';
import type { Audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { hashPassword, makePassword } from '../auth/passwords.ts';
import { checkOwnAccount } from '../auth/permit.ts';
import type { ApiDeps } from '../deps.ts';
import { type Endpoint, endpoint } from '../http/endpoint.ts';
import { PageQuery } from '../views/page.ts';
import { SessionPage, UserChange, UserCreate, UserPage, UserView, UserWithPassword } from '../views/people.ts';
import { isoTime, isoTimeOrNull, pageRequest, toPage } from './paging.ts';
import { toSessionView } from './sessions.ts';

const LIST = '/api/v1/users';
const ITEM = `${LIST}/{user}` as const;
const ONE_TIME_MS = 7 * 86_400_000;

function toUserView(row: UserRow): UserView {
  const { id, name, role } = row;
  return {
    id,
    name,
    role,
    disabledAt: isoTimeOrNull(row.disabledAt),
    passwordExpiresAt: isoTimeOrNull(row.passwordExpiresAt),
    lastSeenAt: isoTimeOrNull(row.lastSeenAt),
    createdAt: isoTime(row.createdAt),
    updatedAt: isoTime(row.updatedAt),
  };
}

export function userEndpoints(deps: ApiDeps, audit: Audit): readonly Endpoint[] {
  const { store, clock, random } = deps;
  const tag = 'Access';

  async function requireUser(idOrName: string): Promise<UserRow> {
    const row = (await store.users.find(idOrName as UserId)) ?? (await store.users.findByName(idOrName));
    if (row) return row;
    throw new AppError('not_found', `There is no user “${idOrName}”.`);
  }

  /** A slip about oneself could not be put right by oneself. */
  function checkIsOther(caller: Caller, { id, name }: UserRow, instead: string): void {
    checkOwnAccount(caller);
    if (id === caller.userId) throw new AppError('conflict', `${name} is the one who asks. ${instead}`);
  }

  const oneTime = async () => {
    const password = makePassword(random);
    return { password, hash: await hashPassword(password, random), expiresAt: clock.now() + ONE_TIME_MS };
  };

  return [
    endpoint({
      method: 'get',
      path: LIST,
      tag,
      access: 'admin',
      summary: 'List users by name',
      query: PageQuery,
      status: 200,
      answer: UserPage,
      handle: async ({ query }) => toPage(await store.users.list(pageRequest(query)), toUserView),
    }),
    endpoint({
      method: 'post',
      path: LIST,
      tag,
      access: 'admin',
      summary: 'Create a user with a one-time password; the answer is the only place that shows it',
      description: 'It works for seven days, and the user chooses another one at the first sign-in.',
      body: UserCreate,
      errors: ['name_in_use'],
      secretAnswer: true,
      status: 201,
      answer: UserWithPassword,
      async handle({ body, caller }) {
        checkOwnAccount(caller);
        const { password, hash, expiresAt } = await oneTime();
        const now = clock.now();
        const row: UserRow = {
          id: deps.ids.next<'user'>(),
          name: body.name,
          passwordHash: hash,
          role: body.role,
          passwordExpiresAt: expiresAt,
          disabledAt: null,
          lastSeenAt: null,
          setUpHash: null,
          preferences: {},
          createdAt: now,
          updatedAt: now,
        };
        await store.users.create(row);
        await audit(caller, { action: 'user.create', subject: row.name, data: { id: row.id, role: row.role } });
        return { ...toUserView(row), password };
      },
    }),
    endpoint({
      method: 'get',
      path: ITEM,
      tag,
      access: 'admin',
      summary: 'Show a user, by id or by name',
      status: 200,
      answer: UserView,
      handle: async ({ params }) => toUserView(await requireUser(params.user)),
    }),
    endpoint({
      method: 'patch',
      path: ITEM,
      tag,
      access: 'admin',
      summary: 'Change the role of a user, disable or enable it',
      description:
        'What a role may holds from the next request on. Users are not deleted: their name stays in what they have done.',
      body: UserChange,
      errors: ['conflict'],
      status: 200,
      answer: UserView,
      async handle({ params, body, caller }) {
        const user = await requireUser(params.user);
        checkIsOther(caller, user, 'Another administrator changes that.');
        const change = {
          ...(body.role === undefined ? {} : { role: body.role }),
          ...(body.disabled === undefined ? {} : { disabled: body.disabled }),
        };
        await store.users.update(user.id, { ...change, at: clock.now() });
        const before = { role: user.role, disabled: user.disabledAt !== null };
        await audit(caller, { action: 'user.update', subject: user.name, data: { id: user.id, ...change, before } });
        return toUserView(await requireUser(user.id));
      },
    }),
    endpoint({
      method: 'post',
      path: `${ITEM}/reset-password`,
      tag,
      access: 'admin',
      summary: 'Give a user a one-time password; the answer is the only place that shows it',
      description:
        'Every session of the user ends. API tokens stay: they are revoked one by one, or by disabling the user.',
      errors: ['conflict'],
      secretAnswer: true,
      status: 200,
      answer: UserWithPassword,
      async handle({ params, caller }) {
        const user = await requireUser(params.user);
        checkIsOther(caller, user, 'The own password is changed at /api/v1/me/password, with the old one.');
        const { password, hash, expiresAt } = await oneTime();
        const change = { passwordHash: hash, expiresAt, at: clock.now(), keepSession: null };
        await store.users.setPassword(user.id, change);
        await audit(caller, { action: 'user.reset_password', subject: user.name, data: { id: user.id } });
        return { ...toUserView(await requireUser(user.id)), password };
      },
    }),
    endpoint({
      method: 'get',
      path: `${ITEM}/sessions`,
      tag,
      access: 'admin',
      summary: 'Where a user is signed in, newest first',
      query: PageQuery,
      status: 200,
      answer: SessionPage,
      async handle({ params, query, caller }) {
        const user = await requireUser(params.user);
        const page = await store.sessions.list(user.id, pageRequest(query), clock.now());
        return toPage(page, (row) => toSessionView(row, caller));
      },
    }),
    endpoint({
      method: 'delete',
      path: `${ITEM}/sessions`,
      tag,
      access: 'admin',
      summary: 'Sign a user out everywhere',
      status: 204,
      async handle({ params, caller }) {
        const user = await requireUser(params.user);
        const ended = await store.sessions.deleteAll(user.id, null);
        await audit(caller, { action: 'user.sign_out', subject: user.name, data: { id: user.id, ended } });
      },
    }),
  ];
}
