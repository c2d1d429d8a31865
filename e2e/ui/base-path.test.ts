/** The UI below a path of its host, behind a proxy: sign-in, links that lead deep, navigation, what changes while one looks. */
import { expect, it, onTestFinished } from 'vitest';
import { startTestProxy } from '../support/proxy.ts';
import { startTestServer } from '../support/server.ts';
import { launchBrowser } from './browser.ts';

const BASE = '/tools/vaquita';

it.each([
  ['takes the path off', true],
  ['leaves the path', false],
])('behind a proxy that %s, people sign in at a deep link, and see what happens', async (_, strips) => {
  const server = await startTestServer({ embeddedWorker: true, env: { VAQUITA_BASE_PATH: BASE } });
  onTestFinished(() => server.close());
  await using proxy = await startTestProxy({ target: server.url, basePath: BASE, strips });
  const { client } = server;
  await client.projects.create({ name: 'below' });
  await client.workflows.create('below', { name: 'held', tasks: [{ name: 'hold', type: 'wait', signal: 'go' }] });
  await client.workflows.online('below', 'held');
  const { id } = await client.workflows.start('below', 'held');

  await using browser = await launchBrowser();
  await using opened = await browser.open(proxy.origin, { still: true });
  const { page, errors } = opened;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));

  const deep = `${BASE}/p/below/runs/${id}?view=graph`;
  await page.goto(deep);
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill(server.adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /held/, level: 1 }).waitFor();
  expect(page.url()).toBe(proxy.origin + deep);
  const state = () => page.locator('h1 + *').textContent();
  await expect.poll(state).toContain('Running');
  await client.instances.signal(id, { name: 'go' });
  await expect.poll(state).toContain('Success');

  await page.getByRole('link', { name: 'Workflows', exact: true }).click();
  await page.waitForURL(`${proxy.url}/workflows**`);
  await page.getByRole('link', { name: 'held', exact: true }).first().click();
  await page.waitForURL(`${proxy.url}/p/below/workflows/held`);
  await page.reload();
  await page.getByRole('heading', { name: /held/, level: 1 }).waitFor();

  // The root of the UI is reached with and without the slash.
  for (const root of [BASE, `${BASE}/`]) {
    await page.goto(root);
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  }
  expect(asked.filter((path) => path !== BASE && !path.startsWith(`${BASE}/`))).toEqual([]);
  expect(errors).toEqual([]);

  // Who comes without the proxy is led below the path, where the page works.
  await using direct = await browser.open(server.url);
  await direct.page.goto('/workflows?project=below#here');
  await direct.page.waitForURL(`${server.url}${BASE}/**`);
  await direct.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(direct.errors).toEqual([]);
});
