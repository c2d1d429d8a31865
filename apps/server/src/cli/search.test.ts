/** The command that searches, against the API in this process. */
import { openApi } from '@vaquita/api/testing';
import { expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

it('finds by names and by numbers of runs', async () => {
  const api = await openApi();
  const vaquita = (...argv: string[]) =>
    runCaptured(argv, {
      token: api.admin,
      cwd: '/',
      fetch: async (url, init) => api.app.fetch(new Request(url, init)),
      signal: new AbortController().signal,
    });
  await api.createWorkflow();
  const { id, number } = (await api.master(await api.startRun(), { state: 'running' })) as {
    id: string;
    number: unknown;
  };
  expect(number).toBeNull();
  expect((await vaquita('search', 'DAI')).out).toMatch(/^workflow +etl\/daily /m);
  expect((await vaquita('search', 'daily#1')).out).toMatch(new RegExp(`^run +etl/daily#1 +running +${id}`, 'm'));
  expect(JSON.parse((await vaquita('search', id, '--json')).out)).toMatchObject({ kind: 'run', id });
  expect((await vaquita('search', 'nothing')).notes).toContain('Nothing was found');
});
