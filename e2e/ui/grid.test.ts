/** The grid of a workflow in the browser: runs by tasks, walked by keyboard, narrowed, and live. */
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
const PATH = '/p/etl/workflows/orders/grid';

const definition = (broken: boolean) => ({
  name: 'orders',
  tasks: [
    { name: 'fetch', type: 'noop' },
    { name: 'check', type: 'shell', script: broken ? 'exit 3' : 'true', dependsOn: ['fetch'] },
    { name: 'publish', type: 'noop', dependsOn: ['check'] },
  ],
});

async function runOnce(state: string): Promise<string> {
  const { client } = server;
  const { id } = await client.workflows.start('etl', 'orders');
  await eventually('the run to end', async () => (await client.instances.get(id)).state === state);
  return id;
}

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  await server.client.projects.create({ name: 'etl' });
  await server.client.workflows.create('etl', definition(false));
  await server.client.workflows.online('etl', 'orders');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const cell = (name: string) => page.getByRole('gridcell', { name });

it('says what would be here before anything has run', async () => {
  await page.goto('/p/etl/workflows/orders');
  await page.getByRole('link', { name: 'Grid', exact: true }).click();
  await page.getByText('This workflow has not run yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('shows a run that begins while it is looked at, and how it goes on', async () => {
  await runOnce('success');
  for (const task of ['fetch', 'check', 'publish']) await cell(`${task} · #1 · Success`).waitFor();
  await server.client.workflows.save('etl', 'orders', definition(true));
  await runOnce('failure');
  await cell('check · #2 · Failed').waitFor();
  await cell('publish · #2 · Blocked').waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('is walked by keyboard, says what is chosen in its address, and opens it', async () => {
  await page.goto(PATH);
  await cell('fetch · #2').focus();
  await page.keyboard.press('ArrowDown');
  const facts = page.getByRole('region', { name: 'check · #2' });
  await facts.getByText('Failed').first().waitFor();
  await page.waitForURL(({ searchParams }) => searchParams.get('task') === 'check');
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('region', { name: 'check · #1' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  // The head: the run itself.
  await page.getByRole('region', { name: '#2', exact: true }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await facts.waitFor();
  await page.waitForURL(({ searchParams }) => searchParams.get('task') === 'check');
  await page.reload();
  await facts.getByRole('link', { name: 'Open the task' }).waitFor();
  await cell('check · #2').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/p\/etl\/runs\/[^?]+\?.*task=check/);
});

it('is narrowed to what has failed, and to a name', async () => {
  await page.goto(PATH);
  await page.getByRole('link', { name: 'With failures' }).click();
  await cell('check · #2').waitFor();
  expect(await cell('fetch').count()).toBe(0);
  await page.getByLabel('Find a task').fill('pub');
  await eventually('the row to go', async () => (await cell('check').count()) === 0);
  expect(await cell('publish').count()).toBe(2);
  await page.getByLabel('Find a task').fill('nothing like it');
  await page.getByRole('link', { name: 'Show all tasks' }).click();
  await cell('fetch · #1').waitFor();
});

it('holds a large workflow in few elements', async () => {
  const tasks = Array.from({ length: 400 }, (_, i) => ({ name: `step-${i}`, type: 'noop' }));
  await server.client.workflows.create('etl', { name: 'large', tasks });
  await server.client.workflows.online('etl', 'large');
  for (let run = 0; run < 3; run++) await server.client.workflows.start('etl', 'large');
  await page.goto('/p/etl/workflows/large/grid');
  await page.getByText('400 tasks × 3 runs').waitFor();
  expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(2500);
  await page.getByRole('gridcell').last().focus();
  await page.keyboard.press('Control+End');
  await page.getByRole('gridcell', { name: 'step-' }).and(page.locator('[aria-colindex="4"]:focus')).waitFor();
  expect(await page.locator(':focus').getAttribute('data-at')).toBe('399 2');
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/');
  await narrow.page.goto(PATH);
  await narrow.page.getByRole('gridcell').first().waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors).toEqual([]);
});
