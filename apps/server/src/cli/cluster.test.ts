/** The command that lists the servers, against the API in this process. */
import { openApi } from '@vaquita/api/testing';
import { expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

async function open() {
  const api = await openApi();
  const { signal } = new AbortController();
  const fetch = async (url: string, init: RequestInit) => api.app.fetch(new Request(url, init));
  return { api, cluster: (token: string) => runCaptured(['cluster'], { cwd: '/', signal, fetch, token }) };
}

it('lists the servers, who leads, and whose time is over', async () => {
  const { api, cluster } = await open();
  const { code, out } = await cluster(api.admin);
  expect(code).toBe(0);
  const [header, ...rows] = out.trimEnd().split('\n');
  expect(header).toMatch(/^ID +NAME +ROLE +ADDRESS +VERSION +STARTED +LEASE LEFT +CLOCK +WORKERS$/);
  expect(rows).toEqual([
    expect.stringMatching(
      /^server-1 \(asked\) +one:8080 +leader, epoch 3 +http:\/\/one:8080 +0.1.0 +2026-03-01T11:00:00.000Z +8s +-12ms +0$/,
    ),
    expect.stringMatching(/^server-2 +two:8080 +follower +not told +0.1.0 .* none: silent +- +0$/),
  ]);
});

it('is for administrators', async () => {
  const { api, cluster } = await open();
  const { code, notes } = await cluster(await api.addUser('eve', 'editor'));
  expect(code).toBe(1);
  expect(notes).toContain('Only an administrator');
});
