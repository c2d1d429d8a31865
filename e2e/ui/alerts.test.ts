/** Alerts in the browser: a channel is made and tried, a failed run is told of, and what was not delivered is sent again. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../support/server.ts';
import { startWebhook, type TestWebhook } from '../support/webhook.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

/** The test's own web server is on this machine, and one try is enough to fail for good. */
const ENV = { VAQUITA_OUTBOUND_ALLOW: '127.0.0.1', VAQUITA_ALERT_ATTEMPTS: '1' };

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
let hook: TestWebhook;

beforeAll(async () => {
  [desk, hook] = await Promise.all([openDesk({ still: true, env: ENV }), startWebhook()]);
  ({ server, browser, page } = desk);
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  await hook?.[Symbol.asyncDispose]();
});

const card = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, level: 2, exact: true }) });

it('a channel is made with the form of its type, and a test shows what it answers', async () => {
  await page.goto('/alerts');
  await page.getByText('No alerts yet').waitFor();
  await page.getByRole('link', { name: 'Add a channel' }).click();
  const form = page.getByRole('dialog', { name: 'New channel' });
  await form.getByLabel('Type').selectOption('Webhook');
  await form.getByLabel('Name', { exact: true }).fill('ops');
  await form.getByRole('button', { name: 'Create the channel' }).click();
  await form.getByText('A value is needed').waitFor();
  await form.locator('[aria-invalid="true"]:focus').waitFor();
  await form.getByLabel('Address').fill(hook.url);
  await form.getByLabel('Signing secret').fill('quite secret');
  await form.getByRole('button', { name: 'Add to Headers' }).click();
  await form.getByLabel('Headers: name 1').fill('content-length');
  await form.getByLabel('Headers: value 1').fill('5');
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the channel' }).click();
  await form.getByText('This header is set by Vaquita').first().waitFor();
  await form.getByLabel('Headers: name 1').fill('x-team');
  await form.getByRole('button', { name: 'Create the channel' }).click();
  await card('ops').getByText('Not tried yet').waitFor();

  await card('ops').getByRole('button', { name: 'Test ops' }).click();
  await card('ops').getByText('The test has arrived.').waitFor();
  await card('ops').getByText('200 ok').waitFor();
  await card('ops').getByText('Works').waitFor();
  expect(JSON.parse(hook.received[0] ?? '')).toMatchObject({ kind: 'test' });
  expect(await findViolations(page)).toEqual([]);
});

it('its secrets are never shown, and must be said again when they would go elsewhere', async () => {
  await card('ops').getByRole('link', { name: 'Edit ops' }).click();
  const form = page.getByRole('dialog', { name: 'Edit ops' });
  await form.getByText('Is set, and not shown').first().waitFor();
  await form.getByLabel('Address').fill(`${hook.url}/elsewhere`);
  await form.getByText('Address has changed, and with it where this secret is sent.').first().waitFor();
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByRole('button', { name: 'Remove: Headers' }).click();
  await form.getByRole('button', { name: 'Replace: Signing secret' }).click();
  await form.getByLabel('Signing secret', { exact: true }).fill('another secret');
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  const { settings, hasSecret } = await server.client.alertChannels.get('ops');
  expect({ url: settings.url, hasSecret }).toEqual({ url: `${hook.url}/elsewhere`, hasSecret: ['secret'] });
});

it('a group is given the channel', async () => {
  await page.getByRole('link', { name: 'Groups', exact: true }).click();
  await card('default').getByText('reaches nobody').waitFor();
  await card('default').getByRole('link', { name: 'Edit default' }).click();
  const form = page.getByRole('dialog', { name: 'Edit default' });
  await form.getByLabel('ops').check();
  await form.getByLabel('Worker lost').check();
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Save' }).click();
  await card('default').getByText('ops', { exact: true }).waitFor();
  await card('default').getByText('Worker lost').waitFor();
});

it('what a channel does not take is seen, and arrives when it is sent again after that was mended', async () => {
  hook.answer(500, 'the disk is full');
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  const tasks = [{ name: 'load', type: 'shell', script: 'exit 3' }];
  await client.workflows.create('ui', { name: 'orders', alerts: { on: 'failure' }, tasks });
  await client.workflows.online('ui', 'orders');
  const run = await client.workflows.start('ui', 'orders');

  await page.goto('/alerts?status=failed');
  await page.getByRole('link', { name: 'Run #1 of "orders" has failed' }).click();
  await page.getByRole('heading', { name: 'Run #1 of "orders" has failed', level: 1 }).waitFor();
  const delivery = page.getByRole('list', { name: 'Where it went' }).getByRole('listitem');
  await delivery.getByText('Not delivered').waitFor();
  await delivery.getByText(/500.*the disk is full/).waitFor();
  expect(await page.getByRole('link', { name: 'ui / orders' }).getAttribute('href')).toBe('/p/ui/workflows/orders');
  expect(await findViolations(page)).toEqual([]);
  const address = page.url();

  await page.goto('/alerts/channels');
  await card('ops').getByText('Failing').waitFor();
  hook.answer(200, 'taken');
  await page.goto(address);
  await page.getByRole('button', { name: 'Send again' }).click();
  await delivery.getByText('Delivered', { exact: true }).first().waitFor();
  await delivery.getByText('200 taken').waitFor();
  expect(await page.getByRole('button', { name: 'Send again' }).count()).toBe(0);
  expect(JSON.parse(hook.received.at(-1) ?? '')).toMatchObject({ kind: 'workflow_failed' });

  await page.goto(`/p/ui/runs/${run.id}`);
  await page.getByRole('link', { name: '1 alert' }).click();
  await page.getByRole('link', { name: 'Run #1 of "orders" has failed' }).waitFor();
  await page.waitForURL(({ search }) => search === `?run=${run.id}`);
});

it('a workflow says whom it alerts, and a start may say otherwise', async () => {
  const { client } = server;
  await client.alertGroups.create({ name: 'night', description: '', channels: ['ops'] });
  await page.goto('/p/ui/workflows/orders');
  const facts = page.getByRole('region', { name: 'Settings' });
  await facts.getByText('after a failure').waitFor();
  await page.goto('/p/ui/workflows/orders?start=1');
  const sheet = page.getByRole('dialog', { name: 'Run orders' });
  await sheet.getByText('How to run it').click();
  await sheet.getByLabel('Tell an alert group').selectOption('after every end');
  await sheet.getByLabel('Alert group', { exact: true }).selectOption('night');
  expect(await findViolations(page)).toEqual([]);
  await sheet.getByRole('button', { name: 'Start the run' }).click();
  await page.waitForURL(/\/runs\//);
  const { items } = await client.instances.list({ project: 'ui', workflow: 'orders', limit: 1 });
  expect(items[0]).toMatchObject({ alertOn: 'all', alertGroup: 'night' });
});

it('a channel that a group uses is not deleted; a group that workflows name says so', async () => {
  await page.goto('/alerts/channels');
  await card('ops').getByRole('button', { name: 'Delete ops' }).click();
  const confirm = page.getByRole('dialog', { name: 'Delete channel ops?' });
  await confirm.getByRole('button', { name: 'Delete the channel' }).click();
  await confirm.getByText(/default/).waitFor();
  await confirm.getByRole('button', { name: 'Cancel' }).click();

  const tasks = [{ name: 'a', type: 'noop' }];
  await server.client.workflows.create('ui', { name: 'nightly', alerts: { on: 'all', group: 'night' }, tasks });
  await page.goto('/alerts/groups');
  await card('night').getByRole('button', { name: 'Delete night' }).click();
  const question = page.getByRole('dialog', { name: 'Delete group night?' });
  await question.getByRole('button', { name: 'Delete the group' }).click();
  await page.getByRole('status').getByRole('link', { name: 'ui / nightly' }).waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto('/alerts');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByText('已发送').first().waitFor();
  const found = await findViolations(narrow.page);
  for (const [path, text] of [
    ['/alerts/channels?edit=ops', '已设置，不显示'],
    ['/alerts/channels?create=1', 'SMTP 服务器'],
    ['/alerts/groups?create=1', '集群的告警'],
  ] as const) {
    await narrow.page.goto(path);
    await narrow.page.getByText(text).first().waitFor();
    found.push(...(await findViolations(narrow.page)));
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(found).toEqual([]);
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b(400|409)\b/.test(error))).toEqual([]);
});
