/** The calendar and the statistics of a workflow in the browser. */
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
const AT = '/p/etl/workflows/orders';

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'etl' });
  await client.workflows.create('etl', {
    name: 'orders',
    params: [{ name: 'date', type: 'string', value: '$[yyyyMMdd]' }],
    tasks: [
      { name: 'fetch', type: 'shell', script: 'true' },
      { name: 'check', type: 'shell', dependsOn: ['fetch'], script: `test $\{date} != 20260306` },
    ],
  });
  await client.workflows.online('etl', 'orders');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const day = (name: string) => page.getByRole('gridcell', { name });

it('says that nothing has run yet', async () => {
  await page.goto(AT);
  await page.getByRole('link', { name: 'Statistics' }).click();
  await page.getByText('No run has ended in this time').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Calendar', exact: true }).click();
  await page.getByText(/No run in \d{4}/).waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('shows days by outcome, the runs of a day, and leads from a gap to its backfill', async () => {
  const { client } = server;
  const start = (from: string, to: string) =>
    client.backfills.start({ project: 'etl', workflow: 'orders', times: { kind: 'range', from, to, every: 'day' } });
  await start('2026-03-01', '2026-03-03');
  await start('2026-03-06', '2026-03-08');
  await eventually('all runs to end', async () => {
    const { items } = await client.instances.list({ project: 'etl', workflow: 'orders' });
    return items.length === 4 && items.every(({ state }) => state === 'success' || state === 'failure');
  });
  await page.goto(`${AT}/calendar?year=2026`);
  await day('Mar 1 · Succeeded · 1 run').waitFor();
  await day('Mar 6 · With failures · 1 run · 1 failed').click();
  const runs = page.getByRole('region', { name: 'Runs of March 6, 2026' });
  await runs.getByText('Failed').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('ArrowUp');
  await page.waitForURL(({ searchParams }) => searchParams.get('day') === '2026-03-05');
  await page.getByText('There are no runs from March 3, 2026 to March 5, 2026.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Backfill the gap of 3 days' }).click();
  await page.getByRole('button', { name: 'Start 3 runs' }).waitFor();
});

it('shows how long runs and tasks took, in the order that is asked for', async () => {
  await page.goto(`${AT}/stats`);
  await page.getByText('Of 4 runs that ended').waitFor();
  await page.getByText('75 %').waitFor();
  await page.getByRole('link', { name: '#1 · Success' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Failing most' }).click();
  const rows = page.getByRole('region', { name: 'Tasks' }).getByRole('row');
  await rows.nth(1).getByText('check').waitFor();
  await rows.nth(1).getByText('1 (25 %)').waitFor();
  await page.getByRole('link', { name: 'Last 7 days' }).click();
  await page.getByText('Of 4 runs that ended').waitFor();
  await page.waitForURL(({ search }) => search === '?days=7&sort=failing');
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/');
  for (const [path, text] of [
    ['calendar?day=2026-03-06', '的运行'],
    ['stats', '运行耗时'],
  ] as const) {
    await narrow.page.goto(`${AT}/${path}`);
    await narrow.page.getByText(text).first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors).toEqual([]);
});
