/** A server below a path of its host, behind a proxy that takes the path off and behind one that leaves it. */
import { createClient } from '@vaquita/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { vaquita } from '../support/cli.ts';
import { eventually } from '../support/poll.ts';
import { startTestProxy } from '../support/proxy.ts';
import { startTestServer } from '../support/server.ts';
import { startTestWorker } from '../support/worker.ts';

const BASE = '/tools/vaquita';

async function startBelow(strips: boolean) {
  const server = await startTestServer({ env: { VAQUITA_BASE_PATH: BASE } });
  onTestFinished(() => server.close());
  const proxy = await startTestProxy({ target: server.url, basePath: BASE, strips });
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  return { server, proxy, client: createClient({ baseUrl: proxy.url, token: server.adminToken }) };
}

describe.each([
  ['takes the path off', true],
  ['leaves the path', false],
])('behind a proxy that %s', (_, strips) => {
  it('everything a server answers is found below the path', async () => {
    const { server, proxy, client } = await startBelow(strips);

    // Probes, with and without the path: those of an orchestrator do not come through the proxy.
    for (const url of [`${proxy.url}/ready`, `${server.url}/ready`, `${server.url}${BASE}/ready`]) {
      expect((await fetch(url)).status, url).toBe(200);
    }
    expect((await fetch(`${proxy.origin}/ready`)).status).toBe(404);

    // Whoever makes a client of the document reaches the server with it.
    const document = (await (await fetch(`${proxy.url}/api/v1/openapi.json`)).json()) as { servers: unknown };
    expect(document.servers).toEqual([{ url: BASE }]);

    // The page names its files below the path, and its policy allows the script that it has.
    const page = await (await fetch(`${proxy.url}/p/some/deep/link`, { headers: { accept: 'text/html' } })).text();
    for (const [, path] of page.matchAll(/(?:href|src)="([^"]+)"/g)) {
      expect(path).toMatch(/^\/tools\/vaquita\//);
      expect((await fetch(proxy.origin + path)).status, path).toBe(200);
    }

    // The cookie is for this path alone, and lets in below it.
    const signedIn = await fetch(`${proxy.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: proxy.origin },
      body: JSON.stringify({ name: 'admin', password: server.adminPassword }),
    });
    const cookie = signedIn.headers.get('set-cookie')!;
    expect(cookie).toContain(`; Path=${BASE};`);
    const me = await fetch(`${proxy.url}/api/v1/me`, { headers: { cookie: cookie.split(';')[0]! } });
    expect(await me.json()).toMatchObject({ name: 'admin' });

    // A worker joins through it, runs what a webhook starts, and the stream tells of it.
    const { token } = await client.workerTokens.create({ name: 'below' });
    const worker = await startTestWorker({ url: proxy.url, token, name: 'below', client });
    onTestFinished(() => worker.close());
    await client.projects.create({ name: 'below' });
    const definition = { name: 'called', tasks: [{ name: 'say', type: 'shell', script: 'echo hello' }] };
    await client.workflows.create('below', definition);
    await client.workflows.online('below', 'called');
    const started = await client.workflows.start('below', 'called');
    await eventually('the run to succeed', async () => (await client.instances.get(started.id)).state === 'success');

    // The command line works through it, and prints the hook where it is.
    const { adminToken } = server;
    const made = await vaquita(['triggers', 'create', 'below/called', 'hook'], {
      server: { url: proxy.url, adminToken },
    });
    const hook = /call: POST (\S+)/.exec(made.stdout)?.[1];
    expect(hook).toContain(`${proxy.url}/api/v1/hooks/`);
    expect((await fetch(hook!, { method: 'POST', body: '{}' })).status).toBe(401);
    expect(server.log()).toContain(`Vaquita is at ${server.url}${BASE}`);
  });
});

it('refuses a path that could not be told from its own answers', async () => {
  await expect(startTestServer({ env: { VAQUITA_BASE_PATH: '/api' } })).rejects.toThrow('VAQUITA_BASE_PATH');
});
