/** The page that searches, in the browser. */
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
let run: string;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'shop' });
  await client.workflows.create('shop', { name: 'shoes', tasks: [{ name: 'no', type: 'shell', script: 'exit 3' }] });
  await client.workflows.online('shop', 'shoes');
  run = (await client.workflows.start('shop', 'shoes')).id;
  await eventually('the run to fail', async () => (await client.instances.get(run)).state === 'failure');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('finds what begins so as one types, keeps it in the address, and leads there', async () => {
  await page.goto('/search');
  await page.getByText('Find anything by its name').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('searchbox', { name: 'Name or id' }).fill('SHO');
  await page.waitForURL(({ searchParams }) => searchParams.get('q') === 'SHO');
  await page.getByRole('region', { name: 'Projects' }).getByRole('link', { name: 'shop' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('region', { name: 'Workflows' }).getByRole('link', { name: 'shoes' }).click();
  await page.waitForURL(({ pathname }) => pathname === '/p/shop/workflows/shoes');
});

it('finds a run by its id and by its number, and says when there is nothing', async () => {
  for (const text of [run, 'shoes#1']) {
    await page.goto(`/search?q=${encodeURIComponent(text)}`);
    const runs = page.getByRole('region', { name: 'Runs' });
    await runs.getByRole('link', { name: 'shoes#1' }).waitFor();
    await runs.getByText('Failed').waitFor();
  }
  await page.getByRole('link', { name: 'shoes#1' }).click();
  await page.waitForURL(({ pathname }) => pathname === `/p/shop/runs/${run}`);
  await page.goto('/search?q=nothing');
  await page.getByText('Nothing begins with “nothing”').waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/');
  await narrow.page.goto('/search?q=shoes%231');
  await narrow.page.getByText('找到 1 项').waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors).toEqual([]);
});
