/** The cluster, its registry and what is kept, in the browser. */
import { join } from 'node:path';
import Database from 'libsql';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, signIn } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';
import { signInAs } from './newcomer.ts';

const PATHS = ['/system', '/system/registry?view=data', '/system/registry?view=events', '/system/history'];

let desk: Desk;
let server: TestServer;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({
    still: true,
    env: { VAQUITA_KEEP_RUNS_PER_WORKFLOW: '1', VAQUITA_KEEP_RUNS_AT_LEAST: '1', VAQUITA_JANITOR_INTERVAL: '7d' },
  });
  ({ server, page } = desk);
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('says who leads, which servers there are, and gives what a report needs', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Cluster' }).click();
  const servers = page.getByRole('table', { name: 'Servers' });
  await servers.getByRole('row', { name: /answers you.*Leads.*term 1/ }).waitFor();
  await page.getByText('One server runs').waitFor();
  await page.getByText('Nothing had to be put right since this server started.').waitFor();
  expect(await findViolations(page)).toEqual([]);

  await page.getByRole('button', { name: 'Diagnostics' }).click();
  const dialog = page.getByRole('dialog', { name: 'Diagnostics to copy' });
  await dialog.getByText('"leaseLeft"').waitFor();
  const text = await dialog.locator('pre').innerText();
  const { cluster, registry, clients } = JSON.parse(text);
  expect(cluster.servers).toHaveLength(1);
  expect(registry).toMatchObject({ ok: true });
  expect(clients.map(({ kind }: { kind: string }) => kind)).toContain('worker');
  expect(text).not.toContain(server.adminToken);
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
});

it('the registry is read by key, and put right where something else has written to it', async () => {
  await page.goto('/system/registry');
  await page
    .getByRole('table', { name: 'Clients' })
    .getByRole('row', { name: /worker.*Alive/ })
    .waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Locks' }).click();
  await page
    .getByRole('table', { name: 'Locks' })
    .getByRole('row', { name: /\/lock\/leader/ })
    .waitFor();
  await page.getByRole('link', { name: 'Data', exact: true }).click();
  const data = page.getByRole('table', { name: 'Data' });
  await data.getByRole('row', { name: /\/nodes\/worker\/default/ }).waitFor();
  await page.getByLabel('Only below this key').fill('/nodes/server/');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.waitForURL(/path=%2Fnodes%2Fserver$/);
  await data.getByRole('row', { name: /\/nodes\/worker/ }).waitFor({ state: 'detached' });
  await data.getByRole('link', { name: /\/nodes\/server/ }).click();
  await page.getByRole('table', { name: 'Changes' }).getByRole('row', { name: /added/ }).waitFor();

  // A key that is none is refused in the server's words.
  await page.getByLabel('Only below this key').fill('nodes');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page
    .getByRole('alert')
    .getByText(/Write a path as/)
    .waitFor();

  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByText('Everything fits together.').waitFor();
  const database = new Database(join(server.dataDir, 'vaquita.db'));
  database.pragma('foreign_keys = off');
  database.exec("INSERT INTO registry_data VALUES ('/nodes/ghost', '{}', 'ephemeral', 'nobody', 1, 1, 1)");
  database.close();
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByText('1 thing does not fit together.').waitFor();
  await page.getByText('ephemeral data whose client is not there').waitFor();
  await page.getByText('/nodes/ghost').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Repair' }).click();
  await page.getByRole('dialog', { name: 'Repair the registry?' }).getByRole('button', { name: 'Repair' }).click();
  await page.getByText('It is put right.').waitFor();
  expect(await server.client.registry.check()).toMatchObject({ ok: true, findings: [] });
});

it('what has served its time is shown first, and then removed', async () => {
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  const tasks = [{ name: 'greet', type: 'shell', script: 'echo hello' }];
  await client.workflows.create('ui', { name: 'often', tasks });
  await client.workflows.online('ui', 'often');
  for (let n = 0; n < 3; n++) {
    const { id } = await client.workflows.start('ui', 'often');
    await eventually('the run to end', async () => (await client.instances.get(id)).state === 'success');
  }
  await page.goto('/system/history');
  await page.getByText('at most the newest 1').waitFor();
  await page
    .getByRole('table', { name: 'What would go now' })
    .getByRole('row', { name: /often.*2/ })
    .waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Remove it now' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it now' }).click();
  await page.getByText('The pass is over.').waitFor();
  await page.getByText('Nothing has served its time.').waitFor();
  expect((await client.instances.list({ project: 'ui' })).items).toHaveLength(1);
});

it('others see who leads, and are told which role the rest takes', async () => {
  await using other = await desk.browser.open(server.url, { still: true });
  await signInAs(other.page, server, 'vera', 'viewer');
  await other.page.goto('/system');
  await other.page.getByText('are shown to administrators').waitFor();
  expect(await other.page.getByRole('navigation', { name: 'Pages of the system' }).count()).toBe(0);
  for (const path of ['/system/registry', '/system/history', '/users', '/audit', '/listeners']) {
    await other.page.goto(path);
    await other.page.getByText('It takes the role: Administrator. Yours is: Viewer.').waitFor();
    expect(await findViolations(other.page)).toEqual([]);
  }
});

it.each([
  { mode: 'light', width: 390 },
  { mode: 'dark', width: 320 },
] as const)('fits into $width px, $mode, in Chinese', async ({ mode, width }) => {
  await using narrow = await desk.browser.open(server.url, { still: true, mode, width });
  await signIn(narrow.page, server.adminPassword);
  await server.client.account.setPreferences({ locale: 'zh-CN' });
  await narrow.page.reload();
  await narrow.page.getByRole('heading', { name: '总览', level: 1 }).waitFor();
  for (const path of PATHS) {
    await narrow.page.goto(path);
    await narrow.page.locator('main').getByRole('heading', { level: 1 }).waitFor();
    await narrow.page.locator('main table, main dl').first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  await server.client.account.setPreferences({ locale: null });
});
