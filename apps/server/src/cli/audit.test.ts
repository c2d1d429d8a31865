/** The command on the audit log, against the API in this process. */
import { openApi } from '@vaquita/api/testing';
import { expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

it('says who changed what, newest first, and narrows it', async () => {
  const api = await openApi();
  const vaquita = (...argv: string[]) =>
    runCaptured(argv, {
      token: api.admin,
      cwd: '/',
      fetch: async (url, init) => api.app.fetch(new Request(url, init)),
      signal: new AbortController().signal,
    });
  await api.createWorkflow();
  const lines = (await vaquita('audit', 'list')).out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/ +/).slice(1).join(' '))).toEqual([
    'WHO ACTION SUBJECT',
    'admin workflow.online etl/daily',
    'admin workflow.create etl/daily',
    'admin project.create etl',
  ]);
  const one = (await vaquita('audit', 'list', '--action', 'project.create', '--json')).out;
  expect(JSON.parse(one)).toMatchObject({ actor: 'admin', subject: 'etl' });
  expect((await vaquita('audit', 'list', '--limit', '1')).out).not.toContain('project.create');
  expect((await vaquita('audit', 'list', '--actor', 'ann')).out).not.toContain('etl');
  expect((await vaquita('audit', 'list', '--until', '2001-01-01T00:00:00Z')).out).not.toContain('etl');
  const wrong = await vaquita('audit', 'list', '--since', 'yesterday');
  expect(wrong).toMatchObject({ code: 2 });
  expect(wrong.notes).toContain('yesterday');
});
