/** Triggers in the browser: a webhook is made, called, tried and closed off; a workflow follows another. */
import { createHmac } from 'node:crypto';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
/** What the webhook that is made here is called with. */
const hook = { address: '', secret: '' };

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  await server.client.projects.create({ name: 'shop' });
  await server.client.workflows.create('shop', {
    name: 'orders',
    params: [{ name: 'order', type: 'string', value: 'none' }],
    tasks: [{ name: 'load', type: 'noop' }],
  });
  await server.client.workflows.create('shop', { name: 'report', tasks: [{ name: 'write', type: 'noop' }] });
  for (const name of ['orders', 'report']) await server.client.workflows.online('shop', name);
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const deliver = (body: object, secret = hook.secret) => {
  const text = JSON.stringify(body);
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${time}.${text}`).digest('hex');
  return fetch(hook.address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-vaquita-signature': `t=${time},v1=${signature}` },
    body: text,
  });
};

it('a webhook is made from the page of its workflow, and its secret is shown once', async () => {
  await page.goto('/triggers');
  await page.getByText('No trigger yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.goto('/p/shop/workflows/orders');
  const card = page.getByRole('region', { name: 'Triggers' });
  await card.getByText('Nothing starts it by itself.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await card.getByRole('link', { name: 'New trigger' }).click();

  const form = page.getByRole('dialog', { name: 'New trigger' });
  await form.getByLabel('Name', { exact: true }).fill('paid');
  await form.getByRole('button', { name: 'Add: Parameters from the delivery' }).click();
  await form.getByLabel('Parameters from the delivery: Parameter 1').fill('order');
  await form.getByLabel('Parameters from the delivery: Path 1').fill('order.id');
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the trigger' }).click();
  // What the server found wrong stands at its line.
  await form.getByText('A path begins with $').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await form.getByLabel('Parameters from the delivery: Path 1').fill('$.order.id');
  await form.getByRole('button', { name: 'Create the trigger' }).click();

  const shown = page.getByRole('dialog', { name: 'The secret of this webhook' });
  hook.secret = (await shown.getByLabel('Secret', { exact: true }).textContent()) ?? '';
  hook.address = (await shown.getByLabel('Address', { exact: true }).textContent()) ?? '';
  await shown.getByText(`SECRET=${hook.secret}`).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('heading', { name: 'paid', level: 1 }).waitFor();
  expect(await page.content()).not.toContain(hook.secret);
});

it('a delivery starts a run that is seen at once; a wrong one is told of and starts nothing', async () => {
  await page.getByText('Nothing yet.').waitFor();
  expect((await deliver({ order: { id: 'A-1' } }, 'wrong')).status).toBe(401);
  expect((await deliver({ order: { id: 'A-1' } })).status).toBe(202);
  const firings = page.getByRole('list', { name: 'What it has noticed' });
  await firings.getByText('Run', { exact: true }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await firings.getByRole('link', { name: 'Open the run' }).click();
  await page.waitForURL(/\/p\/shop\/runs\//);
  const { items } = await server.client.instances.list({ project: 'shop' });
  expect(items.map(({ params, origin }) => [params, origin?.kind])).toEqual([[{ order: 'A-1' }, 'trigger']]);
});

it('what a delivery would start is worked out without starting it', async () => {
  await page.goto('/triggers');
  await page.getByRole('link', { name: 'paid' }).click();
  await page.getByRole('button', { name: 'Try it' }).click();
  const dialog = page.getByRole('dialog', { name: 'What would this start?' });
  await dialog.getByLabel('JSON body of a delivery').fill('{');
  await dialog.getByRole('button', { name: 'Work it out' }).click();
  await dialog.getByText('Valid JSON is needed').waitFor();
  await dialog.getByLabel('JSON body of a delivery').fill('{"order": {"id": "B-2"}}');
  await dialog.getByRole('button', { name: 'Work it out' }).click();
  await dialog.getByText('It would start a run.').waitFor();
  await dialog.getByText('order = B-2').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await dialog.getByLabel('JSON body of a delivery').fill('{}');
  await dialog.getByRole('button', { name: 'Work it out' }).click();
  await dialog.getByText('It would start nothing.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect((await server.client.instances.list({ project: 'shop' })).items).toHaveLength(1);
});

it('a new secret puts the old one out of force; offline, nothing is taken', async () => {
  await page.getByRole('button', { name: 'New secret' }).click();
  const question = page.getByRole('dialog', { name: 'Make a new secret for paid?' });
  expect(await findViolations(page)).toEqual([]);
  await question.getByRole('button', { name: 'Make a new secret' }).click();
  const shown = page.getByRole('dialog', { name: 'The secret of this webhook' });
  const secret = (await shown.getByLabel('Secret', { exact: true }).textContent()) ?? '';
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  expect((await deliver({ order: { id: 'C-3' } })).status).toBe(401);
  hook.secret = secret;
  expect((await deliver({ order: { id: 'C-3' } })).status).toBe(202);

  await page.getByRole('switch', { name: 'Online' }).click();
  await page.getByRole('switch', { name: 'Offline' }).waitFor();
  expect((await deliver({ order: { id: 'D-4' } })).ok).toBe(false);
  expect((await server.client.instances.list({ project: 'shop' })).items).toHaveLength(2);
});

it('a workflow follows another; a trigger is changed and deleted', async () => {
  await page.goto('/triggers?create=1');
  const form = page.getByRole('dialog', { name: 'New trigger' });
  await form.getByRole('radio', { name: 'After a workflow' }).check();
  await form.getByRole('button', { name: 'Create the trigger' }).click();
  await form.getByText('Choose the workflow that it starts').waitFor();
  await form.getByLabel('It starts').selectOption('report');
  await form.getByLabel('Name', { exact: true }).fill('then');
  await form.getByLabel('After the workflow').selectOption('orders');
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the trigger' }).click();
  await page.getByRole('heading', { name: 'then', level: 1 }).waitFor();
  await server.client.workflows.start('shop', 'orders');
  const firings = page.getByRole('list', { name: 'What it has noticed' });
  await firings.getByText('Run', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Edit then' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit then' });
  await edit.getByLabel('When it ends').selectOption('failure');
  await edit.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('region', { name: 'Facts' }).getByText('with a failure').waitFor();
  await page.getByRole('button', { name: 'Delete then' }).click();
  const question = page.getByRole('dialog', { name: 'Delete trigger then?' });
  await question.getByRole('button', { name: 'Delete the trigger' }).click();
  await page.getByRole('heading', { name: 'Triggers', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'paid' }).waitFor();
  await page.getByRole('link', { name: 'then' }).waitFor({ state: 'detached' });
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  const { items } = await server.client.triggers.list();
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login?to=/triggers');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/triggers');
  for (const [path, text] of [
    ['/triggers', '新建触发器'],
    ['/triggers?create=1', '取自投递的参数'],
    [`/triggers/${items[0]?.id}`, '它注意到的事'],
  ] as const) {
    await narrow.page.goto(path);
    await narrow.page.getByText(text).first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b(400|409)\b/.test(error))).toEqual([]);
});
