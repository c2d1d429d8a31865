/** People, their one-time passwords, their sessions, and the set-up of a new server. */
import { sha256Hex, type UserId } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, ORIGIN, openApi, PASSWORD, read } from '../testing/index.ts';
import type { MeView } from '../views/access.ts';
import type { ProblemView } from '../views/page.ts';
import type { SessionPage, UserPage, UserView, UserWithPassword } from '../views/people.ts';

const DAY_MS = 86_400_000;

async function signIn(api: ApiBench, name: string, password: string): Promise<Response> {
  return api.send('POST', '/api/v1/session', { token: null, body: { name, password } });
}

function cookieOf(answer: Response): Record<string, string> {
  const [cookie] = (answer.headers.get('set-cookie') ?? '').split(';');
  return { cookie: cookie!, origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
}

const create = async (api: ApiBench, name = 'ann', role = 'editor') =>
  read<UserWithPassword>(await api.send('POST', '/api/v1/users', { body: { name, role } }), 201);

const actions = async (api: ApiBench) => (await api.auditLog()).map(({ action }) => action);

describe('a new user', () => {
  it('signs in with the one-time password, may do nothing before choosing another, and then all of the role', async () => {
    const api = await openApi();
    const made = await create(api);
    expect(made).toMatchObject({ name: 'ann', role: 'editor', lastSeenAt: null, disabledAt: null });
    const listed = await (await api.send('GET', '/api/v1/users')).text();
    expect(listed).toContain(made.id);
    expect(listed).not.toContain(made.password);
    expect(JSON.stringify(await api.auditLog())).not.toContain(made.password);

    const signedIn = await signIn(api, 'ann', made.password);
    const headers = cookieOf(signedIn);
    expect(await read<MeView>(signedIn, 201)).toMatchObject({ mustChangePassword: true, role: 'editor' });
    const send = (method: string, path: string, body?: unknown) =>
      api.send(method, path, { token: null, headers, ...(body === undefined ? {} : { body }) });
    expect((await read<ProblemView>(await send('GET', '/api/v1/projects'), 403)).detail).toContain('of your own');
    const same = { currentPassword: made.password, newPassword: made.password };
    expect((await read<ProblemView>(await send('PUT', '/api/v1/me/password', same), 400)).errors?.[0]?.path).toBe(
      'newPassword',
    );
    const change = { currentPassword: made.password, newPassword: 'something else' };
    await read(await send('PUT', '/api/v1/me/password', change), 204);
    expect(await read<MeView>(await send('GET', '/api/v1/me'))).toMatchObject({ mustChangePassword: false });
    await read(await send('POST', '/api/v1/projects', { name: 'etl' }), 201);
    expect(await read(await api.send('GET', '/api/v1/users/ann'))).toMatchObject({ passwordExpiresAt: null });
    expect((await signIn(api, 'ann', made.password)).status).toBe(401);
  });

  it('is refused once the one-time password has ended, and gets another', async () => {
    const api = await openApi();
    const made = await create(api);
    await api.clock.advance(7 * DAY_MS);
    expect((await read<ProblemView>(await signIn(api, 'ann', made.password), 401)).detail).toContain('has ended');
    const again = await read<UserWithPassword>(await api.send('POST', '/api/v1/users/ann/reset-password'), 200);
    await read(await signIn(api, 'ann', again.password), 201);
    expect((await signIn(api, 'ann', made.password)).status).toBe(401);
  });

  it.each([
    [{ name: 'a/b', role: 'editor' }, 'name'],
    [{ name: '   ', role: 'editor' }, 'name'],
    [{ name: 'x'.repeat(101), role: 'editor' }, 'name'],
    [{ name: 'bell\u0007', role: 'editor' }, 'name'],
    [{ name: 'ann', role: 'king' }, 'role'],
    [{ name: 'ann' }, 'role'],
  ])('is not made of %j', async (body, path) => {
    const api = await openApi();
    const problem = await read<ProblemView>(await api.send('POST', '/api/v1/users', { body }), 400);
    expect(problem.errors?.[0]?.path).toBe(path);
  });

  it('has a name of its own, in any script', async () => {
    const api = await openApi();
    await create(api, '王小明');
    const answer = await api.send('POST', '/api/v1/users', { body: { name: '王小明', role: 'viewer' } });
    expect((await read<ProblemView>(answer, 409)).code).toBe('name_in_use');
    await read(await api.send('GET', `/api/v1/users/${encodeURIComponent('王小明')}`));
  });
});

describe('a user who is disabled', () => {
  it('is out at once, in every browser and with every token, and comes back without them', async () => {
    const api = await openApi();
    const token = await api.addUser('ann', 'editor');
    const headers = cookieOf(await signIn(api, 'ann', PASSWORD));
    await read(await api.send('GET', '/api/v1/projects', { token: null, headers }));
    await read(await api.send('PATCH', '/api/v1/users/ann', { body: { disabled: true } }));
    expect((await api.send('GET', '/api/v1/projects', { token: null, headers })).status).toBe(401);
    expect((await api.send('GET', '/api/v1/projects', { token })).status).toBe(401);
    expect((await read<ProblemView>(await signIn(api, 'ann', PASSWORD), 401)).detail).toContain('disabled');
    expect((await read<ProblemView>(await signIn(api, 'ann', 'wrong'), 401)).detail).not.toContain('disabled');
    await read(await api.send('PATCH', '/api/v1/users/ann', { body: { disabled: false } }));
    expect((await api.send('GET', '/api/v1/projects', { token })).status).toBe(401);
    await read(await signIn(api, 'ann', PASSWORD), 201);
    expect((await api.auditLog()).filter(({ action }) => action === 'user.update')).toMatchObject([
      { data: { disabled: true, before: { role: 'editor', disabled: false } } },
      { data: { disabled: false, before: { disabled: true } } },
    ]);
  });
});

describe('roles', () => {
  it('hold from the next request on', async () => {
    const api = await openApi();
    const token = await api.addUser('ann', 'viewer');
    const make = () => api.send('POST', '/api/v1/projects', { token, body: { name: 'etl' } });
    expect((await make()).status).toBe(403);
    await read(await api.send('PATCH', '/api/v1/users/ann', { body: { role: 'editor' } }));
    expect((await make()).status).toBe(201);
    await read(await api.send('PATCH', '/api/v1/users/ann', { body: { role: 'viewer' } }));
    expect((await api.send('DELETE', '/api/v1/projects/etl', { token })).status).toBe(403);
  });

  it('always leave one administrator, and nobody changes the own one', async () => {
    const api = await openApi();
    for (const body of [{ disabled: true }, { role: 'viewer' }]) {
      const own = await api.send('PATCH', '/api/v1/users/admin', { body });
      expect((await read<ProblemView>(own, 409)).detail).toContain('Another administrator');
    }
    expect((await api.send('POST', '/api/v1/users/admin/reset-password')).status).toBe(409);
    const second = await api.addUser('ann', 'admin');
    const send = (body: unknown) => api.send('PATCH', '/api/v1/users/admin', { token: second, body });
    const first = (await api.store.users.findByName('admin'))!;
    await api.store.users.update((await api.store.users.findByName('ann'))!.id, { role: 'viewer', at: 1 });
    expect((await send({ disabled: true })).status).toBe(403);
    await expect(api.store.users.update(first.id, { disabled: true, at: 2 })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await read(await api.send('GET', '/api/v1/users/admin'))).toMatchObject({ disabledAt: null });
  });
});

describe('own sessions', () => {
  it('are listed and ended, one or all the others', async () => {
    const api = await openApi();
    await api.addUser('ann', 'viewer');
    const [here, there, elsewhere] = [
      cookieOf(await signIn(api, 'ann', PASSWORD)),
      cookieOf(await signIn(api, 'ann', PASSWORD)),
      cookieOf(await signIn(api, 'ann', PASSWORD)),
    ];
    const send = (method: string, path: string, headers = here!) => api.send(method, path, { token: null, headers });
    const { items } = await read<SessionPage>(await send('GET', '/api/v1/me/sessions'));
    expect(items.map(({ current }) => current)).toEqual([false, false, true]);
    expect(items[0]).toMatchObject({ address: '192.0.2.1', lastSeenAt: items[0]!.createdAt });
    await read(await send('DELETE', `/api/v1/me/sessions/${items[1]!.id}`), 204);
    expect((await send('GET', '/api/v1/me', there!)).status).toBe(401);
    expect((await send('DELETE', `/api/v1/me/sessions/${items[1]!.id}`)).status).toBe(404);
    await read(await send('DELETE', '/api/v1/me/sessions'), 204);
    expect((await send('GET', '/api/v1/me', elsewhere!)).status).toBe(401);
    await read(await send('GET', '/api/v1/me'));
    expect((await actions(api)).slice(-2)).toEqual(['session.delete', 'session.delete_others']);
  });

  it('of others are nobody’s but an administrator’s to see and end', async () => {
    const api = await openApi();
    await api.addUser('ann', 'viewer');
    const headers = cookieOf(await signIn(api, 'ann', PASSWORD));
    const { items } = await read<SessionPage>(await api.send('GET', '/api/v1/users/ann/sessions'));
    expect(items).toHaveLength(1);
    expect((await api.send('DELETE', `/api/v1/me/sessions/${items[0]!.id}`)).status).toBe(404);
    await read(await api.send('DELETE', '/api/v1/users/ann/sessions'), 204);
    expect((await api.send('GET', '/api/v1/me', { token: null, headers })).status).toBe(401);
  });
});

describe('tokens with scopes', () => {
  it('may less than their owner, never more, and change nothing about the owner', async () => {
    const api = await openApi();
    const editor = await api.addUser('ann', 'editor');
    const make = (body: object, token = editor) => api.send('POST', '/api/v1/tokens', { token, body });
    const tooMuch = await read<ProblemView>(await make({ name: 'x', scopes: ['admin'] }), 400);
    expect(tooMuch.errors).toEqual([{ path: 'scopes', message: 'Your role, editor, does not have “admin”' }]);
    expect((await make({ name: 'x', scopes: [] })).status).toBe(400);
    const made = await read<{ token: string; scopes: string[]; userName: string }>(
      await make({ name: 'ci', scopes: ['operate', 'view'] }),
      201,
    );
    expect(made).toMatchObject({ scopes: ['view', 'operate'], userName: 'ann' });
    const { token } = made;
    expect(await read(await api.send('GET', '/api/v1/me', { token }))).toMatchObject({
      permissions: ['view', 'operate'],
    });
    expect((await make({ name: 'more' }, token)).status).toBe(403);
    const password = { currentPassword: PASSWORD, newPassword: 'something else' };
    for (const [method, path, body] of [
      ['PUT', '/api/v1/me/password', password],
      ['DELETE', '/api/v1/me/sessions', undefined],
      ['PATCH', '/api/v1/me/preferences', { theme: 'dark' }],
    ] as const) {
      expect((await api.send(method, path, { token, ...(body && { body }) })).status).toBe(403);
    }
    // The role of the owner is lowered: the token loses with it.
    await read(await api.send('PATCH', '/api/v1/users/ann', { body: { role: 'viewer' } }));
    expect(await read(await api.send('GET', '/api/v1/me', { token }))).toMatchObject({ permissions: ['view'] });
  });

  it('do not outlive the token they are made with', async () => {
    const api = await openApi();
    const at = (ms: number) => new Date(api.clock.now() + ms).toISOString();
    const make = (body: object, token = api.admin) => api.send('POST', '/api/v1/tokens', { token, body });
    const { token } = await read<{ token: string }>(await make({ name: 'a', expiresAt: at(DAY_MS) }), 201);
    for (const body of [{ name: 'b' }, { name: 'b', expiresAt: at(2 * DAY_MS) }]) {
      expect((await read<ProblemView>(await make(body, token), 400)).errors?.[0]?.path).toBe('expiresAt');
    }
    await read(await make({ name: 'b', expiresAt: at(DAY_MS) }, token), 201);
  });

  it('of one owner are found by administrators', async () => {
    const api = await openApi();
    await api.addUser('ann', 'viewer');
    const { id } = await read<UserView>(await api.send('GET', '/api/v1/users/ann'));
    const list = await read<{ items: unknown[] }>(await api.send('GET', `/api/v1/tokens?user=${id}`));
    expect(list.items).toMatchObject([{ name: "ann's", userName: 'ann' }]);
  });
});

describe('preferences', () => {
  it('are kept with the user, part by part, and taken back', async () => {
    const api = await openApi();
    const token = await api.addUser('ann', 'viewer');
    const change = (body: object) => api.send('PATCH', '/api/v1/me/preferences', { token, body });
    await read(await change({ theme: 'dark', zone: 'Asia/Shanghai' }));
    expect(await read(await change({ density: 'compact', theme: null }))).toEqual({
      zone: 'Asia/Shanghai',
      density: 'compact',
    });
    expect(await read(await api.send('GET', '/api/v1/me', { token }))).toMatchObject({
      preferences: { zone: 'Asia/Shanghai', density: 'compact' },
    });
    for (const body of [{ zone: 'Mars/Base' }, { density: 'huge' }, { colour: 'red' }]) {
      expect((await change(body)).status).toBe(400);
    }
  });
});

describe('users', () => {
  it('are listed by pages, with when they were last seen', async () => {
    const api = await openApi();
    const token = await api.addUser('ann', 'viewer');
    await api.send('GET', '/api/v1/me', { token });
    const first = await read<UserPage>(await api.send('GET', '/api/v1/users?limit=1'));
    expect(first.items.map(({ name }) => name)).toEqual(['admin']);
    const rest = await read<UserPage>(await api.send('GET', `/api/v1/users?limit=1&cursor=${first.nextCursor}`));
    expect(rest).toMatchObject({
      items: [{ name: 'ann', lastSeenAt: new Date(api.clock.now()).toISOString() }],
      nextCursor: null,
    });
  });
});

describe('the set-up of a new server', () => {
  async function openNew() {
    const api = await openApi();
    const admin = (await api.store.users.findByName('admin'))!;
    await api.store.users.update(admin.id as UserId, { setUpHash: await sha256Hex('the code'), at: 1 });
    const setUp = (body: object) => api.send('POST', '/api/v1/set-up', { token: null, body });
    const isOpen = async () =>
      (await read<{ open: boolean }>(await api.send('GET', '/api/v1/set-up', { token: null }))).open;
    return { api, setUp, isOpen };
  }

  it('takes the code once, signs in, and is closed', async () => {
    const { api, setUp, isOpen } = await openNew();
    expect(await isOpen()).toBe(true);
    const wrong = await read<ProblemView>(await setUp({ code: 'a guess', password: 'my own words' }), 400);
    expect(wrong.errors?.[0]?.path).toBe('code');
    expect((await read<ProblemView>(await setUp({ code: 'the code', password: 'short' }), 400)).errors?.[0]?.path).toBe(
      'password',
    );
    const done = await setUp({ code: 'the code', password: 'my own words' });
    const headers = cookieOf(done);
    expect(await read(done, 201)).toMatchObject({ name: 'admin', role: 'admin', mustChangePassword: false });
    await read(await api.send('GET', '/api/v1/users', { token: null, headers }));
    expect(await isOpen()).toBe(false);
    expect((await setUp({ code: 'the code', password: 'somebody else' })).status).toBe(409);
    expect((await signIn(api, 'admin', PASSWORD)).status).toBe(401);
    await read(await signIn(api, 'admin', 'my own words'), 201);
    expect(await actions(api)).toEqual(['server.set_up', 'session.create']);
  });

  it('is closed by a sign-in', async () => {
    const { api, setUp, isOpen } = await openNew();
    await read(await signIn(api, 'admin', PASSWORD), 201);
    expect(await isOpen()).toBe(false);
    expect((await setUp({ code: 'the code', password: 'my own words' })).status).toBe(409);
  });

  it('does not let the code be guessed, and leaves sign-ins as they are', async () => {
    const { api, setUp } = await openNew();
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await setUp({ code: `guess ${i}`, password: 'my own words' })).status);
    expect(statuses).toEqual([...Array<number>(8).fill(400), 429, 429]);
    expect((await setUp({ code: 'the code', password: 'my own words' })).status).toBe(429);
    await read(await signIn(api, 'admin', PASSWORD), 201);
  });

  it('is refused to pages of others', async () => {
    const { api } = await openNew();
    const headers = { 'sec-fetch-site': 'cross-site' };
    const body = { code: 'the code', password: 'my own words' };
    expect((await api.send('POST', '/api/v1/set-up', { token: null, body, headers })).status).toBe(403);
  });
});
