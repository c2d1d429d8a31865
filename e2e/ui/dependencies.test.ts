/** What depends on what, in the browser. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;

const waitsFor = (workflow: string, more: object = {}) => ({
  ...{ name: 'wait', type: 'dependent', on: [{ workflow, range: 'today', ...more }] },
});

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  for (const name of ['etl', 'shop']) await client.projects.create({ name });
  await client.workflows.create('etl', { name: 'orders', tasks: [{ name: 'no', type: 'shell', script: 'exit 3' }] });
  await client.workflows.create('etl', { name: 'report', tasks: [waitsFor('orders')] });
  await client.workflows.create('etl', { name: 'mail', tasks: [waitsFor('report')] });
  await client.workflows.create('etl', { name: 'alone', tasks: [{ name: 'n', type: 'noop' }] });
  await client.workflows.create('shop', {
    name: 'prices',
    tasks: [
      waitsFor('mail', { project: 'etl' }),
      { name: 'child', type: 'sub_workflow', workflow: 'gone', enabled: false },
    ],
  });
  await client.workflows.online('etl', 'orders');
  const { id } = await client.workflows.start('etl', 'orders');
  await eventually('the run to fail', async () => (await client.instances.get(id)).state === 'failure');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('shows what is around a workflow, how its newest run stands, and leads on from there', async () => {
  await page.goto('/p/etl/workflows/report');
  await page.getByRole('link', { name: 'Dependencies' }).last().click();
  await page.waitForURL(({ pathname }) => pathname === '/p/etl/workflows/report/dependencies');
  await page.getByRole('button', { name: /orders/ }).click();
  await page.waitForURL(({ searchParams }) => searchParams.get('at') === 'orders');
  const side = page.getByRole('region', { name: 'orders' });
  await side.getByText('Failed').first().waitFor();
  await side.getByText('waits for it').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: '4 links' }).click();
  await page.getByRole('button', { name: /shop\/gone/ }).click();
  await page.getByText('there is none of the name').waitFor();
  expect(new URL(page.url()).search).toBe('?depth=4&at=shop%2Fgone');
});

it('says the same as a list', async () => {
  await page.goto('/p/etl/workflows/report/dependencies?depth=4');
  await page.getByRole('link', { name: 'List', exact: true }).click();
  const rows = page.getByRole('table', { name: 'Dependencies' }).getByRole('row');
  await rows.filter({ hasText: 'gone' }).getByText('switched off').waitFor();
  expect(await rows.count()).toBe(5);
  await rows.filter({ hasText: 'orders' }).getByRole('link', { name: 'Failed' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('shows those of a whole project, and says when there are none', async () => {
  await page.goto('/dependencies?project=shop&view=list');
  await page.getByRole('row').filter({ hasText: 'etl/mail' }).waitFor();
  expect(await page.getByRole('row').count()).toBe(3);
  await page.getByLabel('Project').selectOption('etl');
  await page.waitForURL(({ searchParams }) => searchParams.get('project') === 'etl');
  await page.getByRole('row').filter({ hasText: 'orders' }).waitFor();
  await page.goto('/p/etl/workflows/alone/dependencies');
  await page.getByText('Nothing depends on it').waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/');
  for (const [path, text] of [
    ['/p/etl/workflows/report/dependencies', '它的依赖关系'],
    ['/dependencies?project=shop&view=list', '不存在'],
  ] as const) {
    await narrow.page.goto(path);
    await narrow.page.getByText(text).first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors).toEqual([]);
});
