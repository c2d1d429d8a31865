import { AppError } from '@vaquita/core';
import { expect, it } from 'vitest';
import { housekeeping, IDEMPOTENCY_KEPT_MS } from './housekeeping.ts';
import { ORIGIN, openApi, PASSWORD, read } from './testing/api-bench.ts';

const PROJECTS = '/api/v1/projects';

it('forgets sessions that have ended and answers that are too old to be repeated, and nothing younger', async () => {
  const api = await openApi({ settings: { sessionTtlMs: IDEMPOTENCY_KEPT_MS } });
  const create = (key: string) =>
    api.send('POST', PROJECTS, { body: { name: key }, headers: { 'idempotency-key': key } });
  const signIn = async () => {
    const body = { name: 'admin', password: PASSWORD };
    const answer = await api.send('POST', '/api/v1/session', { body, token: null, headers: { origin: ORIGIN } });
    return answer.headers.get('set-cookie')!.split(';')[0]!;
  };
  await read(await create('old'), 201);
  await signIn();
  await api.clock.advance(1_000);
  await read(await create('young'), 201);
  const cookie = await signIn();
  await api.clock.advance(IDEMPOTENCY_KEPT_MS - 500);

  await housekeeping({ ...api.deps, content: { clearAway: async () => 3 } });
  expect(api.lines.map(({ message, fields }) => [message, fields])).toEqual([
    ['Old ended sessions were forgotten.', { count: 1 }],
    ['Old idempotency keys were forgotten.', { count: 1 }],
    ['Old leftovers of files were forgotten.', { count: 3 }],
  ]);
  expect((await api.send('GET', '/api/v1/me', { token: null, headers: { cookie } })).status).toBe(200);
  await read(await create('young'), 201);
  await read(await create('old'), 409);
});

it('goes on with the next thing when one fails, and tells', async () => {
  const api = await openApi();
  api.deps.store.sessions.purge = async () => {
    throw new AppError('database_busy', 'The database is busy.');
  };
  let purged = false;
  api.deps.store.requests.purge = async () => {
    purged = true;
    return 0;
  };
  await housekeeping({ ...api.deps, content: { clearAway: async () => 0 } });
  expect(purged).toBe(true);
  expect(api.lines).toEqual([expect.objectContaining({ level: 'warn' })]);
});
