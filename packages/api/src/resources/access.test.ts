import { describe, expect, it } from 'vitest';
import type { ApiBench } from '../testing/api-bench.ts';
import { ORIGIN, openApi, PASSWORD, read } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';

const OWN_PAGE = { origin: ORIGIN };

async function signIn(api: ApiBench, password = PASSWORD, headers: Record<string, string> = OWN_PAGE) {
  return api.send('POST', '/api/v1/session', { body: { name: 'admin', password }, token: null, headers });
}

const cookieOf = (answer: Response) => answer.headers.get('set-cookie')!.split(';')[0]!;

describe('sign-in', () => {
  it('sets a cookie that scripts cannot read, and signs out again', async () => {
    const api = await openApi();
    const answer = await signIn(api);
    expect(await read(answer.clone(), 201)).toMatchObject({ name: 'admin', role: 'admin', via: 'session' });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^vaquita_session=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
    );

    const cookie = cookieOf(answer);
    const headers = { cookie, ...OWN_PAGE };
    await read(await api.send('GET', '/api/v1/me', { token: null, headers: { cookie } }), 200);
    const out = await api.send('DELETE', '/api/v1/session', { token: null, headers });
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    await read(await api.send('GET', '/api/v1/me', { token: null, headers: { cookie } }), 401);
  });

  it('marks the cookie Secure under TLS', async () => {
    const api = await openApi({ settings: { trustProxy: true } });
    const answer = await signIn(api, PASSWORD, { ...OWN_PAGE, 'x-forwarded-proto': 'https' });
    expect(answer.headers.get('set-cookie')).toContain('; Secure');
  });

  it('keeps the cookie to the path below which the server is found', async () => {
    const api = await openApi({ settings: { basePath: '/vaquita' } });
    expect((await signIn(api)).headers.get('set-cookie')).toContain('; Path=/vaquita; ');
  });

  it('keeps only a hash of the secret', async () => {
    const api = await openApi();
    const created: unknown[] = [];
    const { create } = api.store.sessions;
    api.store.sessions.create = async (row, passwordHash) => {
      created.push(row);
      return create(row, passwordHash);
    };
    const secret = cookieOf(await signIn(api)).split('=')[1]!;
    expect(JSON.stringify(created)).not.toContain(secret);
    expect(created).toEqual([expect.objectContaining({ secretHash: expect.stringMatching(/^[0-9a-f]{64}$/) })]);
  });

  it('says the same of a wrong name and a wrong password', async () => {
    const api = await openApi();
    const wrong = await read<ProblemView>(await signIn(api, 'wrong password'), 401);
    const body = { name: 'nobody', password: PASSWORD };
    const unknown = await read<ProblemView>(await api.send('POST', '/api/v1/session', { body, token: null }), 401);
    expect(wrong.detail).toBe(unknown.detail);
  });

  it('slows guessing down, also of parallel guesses, and lets in again later', async () => {
    const api = await openApi();
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn(api, 'wrong password')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(8);
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited).toHaveLength(4);
    expect(limited[0]?.headers.get('retry-after')).toBe('300');
    expect((await signIn(api)).status).toBe(429);
    await api.clock.advance(300_000);
    expect((await signIn(api)).status).toBe(201);
  });

  it('cannot be forced on a browser by another site', async () => {
    const api = await openApi();
    expect((await signIn(api, PASSWORD, { origin: 'https://evil.example' })).status).toBe(403);
  });

  it('ends by itself', async () => {
    const api = await openApi({ settings: { sessionTtlMs: 60_000 } });
    const cookie = cookieOf(await signIn(api));
    await api.clock.advance(60_000);
    await read(await api.send('GET', '/api/v1/me', { token: null, headers: { cookie } }), 401);
  });
});

describe('changing the own password', () => {
  const change = (api: ApiBench, cookie: string, currentPassword: string, newPassword = 'another horse') =>
    api.send('PUT', '/api/v1/me/password', {
      body: { currentPassword, newPassword },
      token: null,
      headers: { cookie, ...OWN_PAGE },
    });
  const isSignedIn = async (api: ApiBench, cookie: string) =>
    (await api.send('GET', '/api/v1/me', { token: null, headers: { cookie } })).status === 200;

  it('needs the old one, ends every other session, and lets in with the new one only', async () => {
    const api = await openApi();
    const here = cookieOf(await signIn(api));
    const elsewhere = cookieOf(await signIn(api));
    const wrong = await read<ProblemView>(await change(api, here, 'wrong password'), 400);
    expect(wrong.errors?.map(({ path }) => path)).toEqual(['currentPassword']);
    expect(await isSignedIn(api, elsewhere)).toBe(true);

    await read(await change(api, here, PASSWORD), 204);
    expect(await isSignedIn(api, here)).toBe(true);
    expect(await isSignedIn(api, elsewhere)).toBe(false);
    expect((await signIn(api)).status).toBe(401);
    expect((await signIn(api, 'another horse')).status).toBe(201);
    const log = await (await api.send('GET', '/api/v1/audit')).text();
    expect(log).toContain('password.change');
    expect(log).not.toContain('another horse');
  });

  it('by a token ends every session', async () => {
    const api = await openApi();
    const cookie = cookieOf(await signIn(api));
    const body = { currentPassword: PASSWORD, newPassword: 'another horse' };
    await read(await api.send('PUT', '/api/v1/me/password', { body }), 204);
    expect(await isSignedIn(api, cookie)).toBe(false);
  });

  it('is refused for a short one, and slowed down for who guesses the old one', async () => {
    const api = await openApi();
    const cookie = cookieOf(await signIn(api));
    const short = await read<ProblemView>(await change(api, cookie, PASSWORD, 'short'), 400);
    expect(short.errors).toEqual([{ path: 'newPassword', message: 'A password has at least 8 characters' }]);
    const guesses = await Promise.all(Array.from({ length: 12 }, () => change(api, cookie, 'wrong password')));
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(4);
    expect((await change(api, cookie, PASSWORD)).status).toBe(429);
    await api.clock.advance(300_000);
    expect((await change(api, cookie, PASSWORD)).status).toBe(204);
  });

  it('lets nobody in whose old password was being checked meanwhile', async () => {
    const api = await openApi();
    const admin = (await api.store.users.findByName('admin'))!;
    const { create } = api.store.sessions;
    api.store.sessions.create = async (row, passwordHash) => {
      await api.store.users.setPassword(admin.id, { passwordHash: 'changed', at: 1, keepSession: null });
      return create(row, passwordHash);
    };
    const answer = await signIn(api);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect((await read<ProblemView>(answer, 409)).detail).toContain('Sign in with the new one');
  });
});

describe('a request signed in by the cookie', () => {
  it('may read from anywhere, and change only from the own page', async () => {
    const api = await openApi();
    const cookie = cookieOf(await signIn(api));
    const create = (headers: Record<string, string>) =>
      api.send('POST', '/api/v1/projects', { body: { name: 'x' }, token: null, headers: { cookie, ...headers } });
    expect((await create({})).status).toBe(403);
    expect((await create({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await create({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await api.send('GET', '/api/v1/projects', { token: null, headers: { cookie } })).status).toBe(200);
    expect((await create({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });
});

describe('without proof of who asks', () => {
  it('nothing but health, readiness, the document, sign-in and what is signed answers', async () => {
    const api = await openApi();
    // Deliveries prove who sends them by their signature.
    const open = new Set(['/health', '/ready', '/api/v1/openapi.json', '/api/v1/hooks/:trigger', '/api/v1/set-up']);
    for (const { method, path } of api.app.routes) {
      if (
        method === 'ALL' ||
        open.has(path) ||
        (['/api/v1/session', '/api/v1/set-up'].includes(path) && method === 'POST')
      )
        continue;
      const answer = await api.send(method, path.replaceAll(/:\w+/g, 'x'), { token: null });
      expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} 401`);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="vaquita"');
    }
  });

  it.each([
    ['Basic YWRtaW46YWRtaW4=', 'Bearer'],
    ['Bearer vqa_unknown', 'not known'],
    ['Bearer vqw_unknown', 'worker token'],
  ])('%s is answered with what is wrong', async (authorization, part) => {
    const api = await openApi();
    const answer = await api.send('GET', '/api/v1/me', { token: null, headers: { authorization } });
    expect((await read<ProblemView>(answer, 401)).detail).toContain(part);
  });
});

describe('tokens', () => {
  interface Created {
    id: string;
    token: string;
    prefix: string;
  }

  it('are shown once, work, and stop working when revoked', async () => {
    const api = await openApi();
    const made = await read<Created>(await api.send('POST', '/api/v1/tokens', { body: { name: 'ci' } }), 201);
    expect(made.token).toMatch(/^vqa_[\w-]{43}$/);
    expect(made.token.startsWith(made.prefix)).toBe(true);
    expect(await read(await api.send('GET', '/api/v1/me', { token: made.token }))).toMatchObject({ via: 'token' });
    const list = await (await api.send('GET', '/api/v1/tokens')).text();
    expect(list).toContain(made.id);
    expect(list).not.toContain(made.token);
    await read(await api.send('DELETE', `/api/v1/tokens/${made.id}`), 204);
    const refused = await read<ProblemView>(await api.send('GET', '/api/v1/me', { token: made.token }), 401);
    expect(refused.detail).toContain('revoked');
  });

  it('expire', async () => {
    const api = await openApi();
    const expiresAt = new Date(api.clock.now() + 60_000).toISOString();
    const body = { name: 'short', expiresAt };
    const { token } = await read<Created>(await api.send('POST', '/api/v1/tokens', { body }), 201);
    await read(await api.send('GET', '/api/v1/me', { token }), 200);
    await api.clock.advance(60_000);
    expect((await read<ProblemView>(await api.send('GET', '/api/v1/me', { token }), 401)).detail).toContain('expired');
    const past = await read<ProblemView>(await api.send('POST', '/api/v1/tokens', { body }), 400);
    expect(past.errors?.[0]?.path).toBe('expiresAt');
  });

  it('of workers do not open the API, and only an administrator makes them', async () => {
    const api = await openApi();
    const user = await api.addUser('ann', 'editor');
    expect((await api.send('POST', '/api/v1/worker-tokens', { body: { name: 'w' }, token: user })).status).toBe(403);
    const { token } = await read<Created>(
      await api.send('POST', '/api/v1/worker-tokens', { body: { name: 'w' } }),
      201,
    );
    expect(token).toMatch(/^vqw_/);
    expect((await api.send('GET', '/api/v1/projects', { token })).status).toBe(401);
  });

  it('are revoked where they are of the kind that the address says', async () => {
    const api = await openApi();
    const make = async (path: string) =>
      read<Created>(await api.send('POST', `/api/v1/${path}`, { body: { name: 'x' } }), 201);
    const worker = await make('worker-tokens');
    expect((await api.send('DELETE', `/api/v1/tokens/${worker.id}`)).status).toBe(404);
    expect(await api.store.tokens.find(worker.id)).toMatchObject({ revokedAt: null });
    await read(await api.send('DELETE', `/api/v1/worker-tokens/${worker.id}`), 204);
    expect(await api.store.tokens.find(worker.id)).toMatchObject({ revokedAt: api.clock.now() });
  });

  it('of others are out of sight for who is no administrator', async () => {
    const api = await openApi();
    const ann = await api.addUser('ann', 'editor');
    for (let i = 0; i < 4; i++) await api.send('POST', '/api/v1/tokens', { body: { name: `admin ${i}` } });
    const own = await read<Created>(
      await api.send('POST', '/api/v1/tokens', { body: { name: 'own' }, token: ann }),
      201,
    );
    const foreign = await read<Created>(await api.send('POST', '/api/v1/tokens', { body: { name: 'foreign' } }), 201);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: { items: { name: string }[]; nextCursor: string | null } = await read(
        await api.send('GET', `/api/v1/tokens?limit=1${query}`, { token: ann }),
      );
      seen.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
    }
    expect(seen.sort()).toEqual(["ann's", 'own']);
    expect((await api.send('DELETE', `/api/v1/tokens/${foreign.id}`, { token: ann })).status).toBe(404);
    expect((await api.send('DELETE', `/api/v1/tokens/${own.id}`, { token: ann })).status).toBe(204);
  });

  it('are not kept for a replay', async () => {
    const api = await openApi();
    const headers = { 'idempotency-key': 'k1' };
    const answer = await api.send('POST', '/api/v1/tokens', { body: { name: 'ci' }, headers });
    expect((await read<ProblemView>(answer, 400)).detail).toContain('secret');
  });
});

describe('the audit log', () => {
  it('holds every change with who made it, newest first, for administrators', async () => {
    const api = await openApi();
    await api.createWorkflow();
    const run = await api.startRun();
    await api.send('POST', `/api/v1/workflow-instances/${run}/stop`);
    const { items } = await read<{ items: { action: string; actor: string }[] }>(
      await api.send('GET', '/api/v1/audit'),
    );
    expect(items.map(({ action }) => action)).toEqual([
      'workflow_instance.stop',
      'workflow.start',
      'workflow.online',
      'workflow.create',
      'project.create',
    ]);
    expect(new Set(items.map(({ actor }) => actor))).toEqual(new Set(['admin']));
    const narrowed = async (query: string) =>
      (await read<{ items: { action: string }[] }>(await api.send('GET', `/api/v1/audit?${query}`))).items.map(
        ({ action }) => action,
      );
    expect(await narrowed('subject=etl')).toEqual(['project.create']);
    expect(await narrowed('actor=admin&action=workflow.online')).toEqual(['workflow.online']);
    expect(await narrowed('actor=ann')).toEqual([]);
    const now = new Date(api.clock.now()).toISOString();
    expect(await narrowed(`until=${now}`)).toEqual([]);
    expect(await narrowed(`since=${now}&limit=1`)).toEqual(['workflow_instance.stop']);
    expect((await api.send('GET', '/api/v1/audit?since=yesterday')).status).toBe(400);
    const stopped = items[0]! as { id?: string };
    expect(await read(await api.send('GET', `/api/v1/audit/${stopped.id}`))).toEqual(stopped);
    expect((await api.send('GET', '/api/v1/audit/none')).status).toBe(404);
    expect(await read(await api.send('GET', '/api/v1/audit/words'))).toEqual({
      actors: ['admin'],
      actions: ['project.create', 'workflow.create', 'workflow.online', 'workflow.start', 'workflow_instance.stop'],
    });
    const ann = await api.addUser('ann', 'editor');
    for (const path of ['audit', 'audit/words', `audit/${stopped.id}`]) {
      expect((await api.send('GET', `/api/v1/${path}`, { token: ann })).status).toBe(403);
    }
  });
});
