/** Data sources in the browser: made with a secret, tested, used by a task, shown with who uses them, and deleted. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defineAndStart, taskOf, waitForRun } from '../support/runs.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

const VALUE = 'kwyjibo-4711-zarniwoop';

let desk: Desk;
let server: TestServer;
let page: Page;
let service: Server;
let address: string;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, page } = desk);
  await server.client.secrets.create({ name: 'shop token', value: VALUE });
  service = createServer((request, response) => {
    const isAllowed = request.headers['x-api-key'] === VALUE;
    response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ path: request.url }));
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterAll(async () => {
  service?.close();
  await desk?.[Symbol.asyncDispose]();
});

it('one is made by a form of its kind; what is wrong is said at its place', async () => {
  await page.goto('/environments');
  await page.getByRole('link', { name: 'Data sources' }).click();
  await page.getByText('No data source yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'New data source' }).first().click();
  const form = page.getByRole('dialog', { name: 'New data source' });
  await form.getByLabel('Kind').selectOption({ label: 'HTTP service' });
  await form.getByLabel('Name', { exact: true }).fill('shop');
  await form.getByLabel('Base address').fill('shop.example');
  await form.getByLabel('Header of the token').fill('X-Api-Key');
  await form.getByLabel('Token', { exact: true }).selectOption('shop token');
  await form.getByRole('button', { name: 'Create the data source' }).click();
  await form.getByText('Must begin with http:// or https://').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await form.getByLabel('Base address').fill(address);
  await form.getByRole('button', { name: 'Create the data source' }).click();
  const row = page.getByRole('table', { name: 'Data sources' }).getByRole('row', { name: /shop.*All projects.*HTTP/ });
  await row.waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('a test says what happened, and never the secret', async () => {
  await page.getByRole('link', { name: 'shop' }).click();
  const detail = page.getByRole('dialog', { name: 'shop' });
  await detail.getByText('secret “shop token”').waitFor();
  await detail.getByRole('button', { name: 'Test', exact: true }).click();
  // The server of this test may connect to nothing inside: what it says, it says without asking.
  await detail.getByText('This server may not connect there').waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect(await page.content()).not.toContain(VALUE);
});

it('a task uses it, and then it says by whom and stays', async () => {
  const outputs = [{ name: 'path', type: 'string' }];
  const task = { name: 'ask', type: 'http', dataSource: 'shop', url: '/orders', extract: { path: 'path' }, outputs };
  const run = await defineAndStart(server.client, { name: 'asking', tasks: [task] });
  await waitForRun(server.client, run, 'success');
  expect((await taskOf(server.client, run, 'ask')).outputs).toEqual({ path: '/orders' });
  const { id } = await server.client.dataSources.get('shop');
  await page.goto(`/data-sources?show=${id}`);
  const detail = page.getByRole('dialog', { name: 'shop' });
  await detail.getByRole('link', { name: / \/ asking$/ }).waitFor();
  expect(await detail.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
  await page.goto('/secrets');
  await page.getByRole('link', { name: 'shop token' }).click();
  await page.getByRole('dialog', { name: 'shop token' }).getByRole('link', { name: 'shop', exact: true }).waitFor();

  await page.goto(`/data-sources?edit=${id}`);
  const form = page.getByRole('dialog', { name: 'Edit shop' });
  expect(await form.getByLabel('Token', { exact: true }).inputValue()).toBe('shop token');
  await form.getByLabel('Description').fill('what is sold');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.getByText('what is sold').waitFor();
  const { projectName } = await server.client.instances.get(run.id);
  await server.client.workflows.delete(projectName, 'asking');
  await page.goto(`/data-sources?show=${id}`);
  await detail.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog', { name: 'Delete shop?' }).getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No data source yet').waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  const settings = { address: `/srv/${'long-folder/'.repeat(12)}lake.db` };
  const { id } = await server.client.dataSources.create({ name: 'lake', kind: 'libsql', settings });
  await using narrow = await desk.browser.open(server.url, {
    ...{ mode: 'dark', width: 320, height: 800, locale: 'zh-CN', still: true },
  });
  await narrow.page.goto('/data-sources');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByRole('table', { name: '数据源' }).waitFor();
  for (const query of ['', '?create=1', `?show=${id}`, `?edit=${id}`]) {
    await narrow.page.goto(`/data-sources${query}`);
    await narrow.page
      .getByRole(query === '' ? 'table' : 'dialog')
      .first()
      .waitFor();
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
    expect(await findViolations(narrow.page)).toEqual([]);
  }
  await narrow.page.goto(`/data-sources?show=${id}`);
  await narrow.page.getByRole('button', { name: '测试' }).click();
  await narrow.page.getByText('文件不存在').waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b(400|409)\b/.test(error))).toEqual([]);
});
