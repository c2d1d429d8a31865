import { expect, it } from 'vitest';
import { openApi } from '../testing/api-bench.ts';

const PROJECTS = '/api/v1/projects';
const known = (tag: string) => ({ headers: { 'if-none-match': tag } });

it('says what an answer is known by, and answers who has it with nothing but that', async () => {
  const api = await openApi();
  const first = await api.send('GET', PROJECTS);
  const tag = first.headers.get('etag')!;
  expect(tag).toMatch(/^W\/"[0-9a-f]{32}"$/);
  expect(first.headers.get('cache-control')).toBe('private, no-cache');
  expect(first.headers.get('vary')).toBe('authorization, cookie');
  for (const named of [tag, `"other", ${tag}`, tag.slice(2)]) {
    const again = await api.send('GET', PROJECTS, known(named));
    expect(again.status).toBe(304);
    expect(again.headers.get('etag')).toBe(tag);
    expect(await again.text()).toBe('');
  }
});

it('answers in full what has changed since, and who names no tag of it', async () => {
  const api = await openApi();
  const tag = (await api.send('GET', PROJECTS)).headers.get('etag')!;
  for (const named of ['*', '', '"x"', 'W/""'])
    expect((await api.send('GET', PROJECTS, known(named))).status).toBe(200);
  await api.send('POST', PROJECTS, { body: { name: 'etl' } });
  const changed = await api.send('GET', PROJECTS, known(tag));
  expect(changed.status).toBe(200);
  expect(changed.headers.get('etag')).not.toBe(tag);
});

it('never confirms to a caller what another one has (E2), and nothing to nobody (E1)', async () => {
  const api = await openApi();
  const tag = (await api.send('GET', PROJECTS)).headers.get('etag')!;
  const token = await api.addUser('ann', 'viewer');
  const answer = await api.send('GET', PROJECTS, { token, ...known(tag) });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe(await (await api.send('GET', PROJECTS)).text());
  expect((await api.send('GET', PROJECTS, { token: null, ...known(tag) })).status).toBe(401);
  expect((await api.send('GET', '/api/v1/users', { token, ...known(tag) })).status).toBe(403);
});

it('marks neither what changes something nor what went wrong', async () => {
  const api = await openApi();
  for (const answer of [
    await api.send('POST', PROJECTS, { body: { name: 'etl' } }),
    await api.send('GET', `${PROJECTS}/none`),
    await api.send('GET', '/health', { token: null }),
  ]) {
    expect(answer.headers.get('etag')).toBeNull();
    expect(answer.headers.get('cache-control')).toContain('no-store');
  }
});
