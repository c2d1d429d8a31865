/** The forecast in the browser: what is scheduled is shown by day and hour, in numbers as well as in colour. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForRun } from '../support/runs.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('shows the runs and the slots of the next days once something is scheduled', async () => {
  const { client } = server;
  await page.goto('/forecast');
  await page.getByText('Nothing is scheduled').waitFor();
  expect(await findViolations(page)).toEqual([]);

  await client.projects.create({ name: 'reports' });
  for (const name of ['load', 'never-ran']) {
    await client.workflows.create('reports', { name, tasks: [{ name: 'fetch', type: 'shell', script: 'true' }] });
    await client.workflows.online('reports', name);
    await client.schedules.create('reports', name, {
      name: `${name}-hourly`,
      plan: { cron: '0 * * * *' },
      online: true,
    });
  }
  await waitForRun(client, await client.workflows.start('reports', 'load'), 'success', 60_000);
  await page.goto('/forecast?days=3');
  const map = page.getByRole('region', { name: 'Slots in use by day and hour' });
  await map.getByRole('rowheader').first().waitFor();
  expect(await map.getByRole('columnheader').count()).toBe(25);
  await page.getByRole('table', { name: 'Projects' }).getByRole('link', { name: 'reports' }).waitFor();
  await page
    .getByRole('region', { name: 'Never succeeded so far' })
    .getByRole('link', { name: /never-ran/ })
    .waitFor();
  const next = page.getByRole('table', { name: 'Next runs' });
  await next.getByRole('link', { name: 'load-hourly' }).first().waitFor();
  await next.getByText('not known').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('shows one project or one worker group alone, and the same as a table', async () => {
  await page.getByRole('table', { name: 'Projects' }).getByRole('link', { name: 'reports' }).click();
  await page.getByRole('heading', { name: 'reports', level: 2 }).waitFor();
  await page.getByRole('link', { name: 'Table', exact: true }).click();
  const table = page.getByRole('table', { name: 'Slots in use by day and hour' });
  await table.getByRole('cell', { name: '2', exact: true }).first().waitFor();
  await page.waitForURL(({ searchParams }) => searchParams.get('project') === 'reports');
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: '1 day', exact: true }).click();
  await expect.poll(() => table.getByRole('row').count()).toBeLessThan(30);
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto('/forecast');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByRole('region', { name: '按日期和小时显示占用的槽位' }).waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors).toEqual([]);
});
