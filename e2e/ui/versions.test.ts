/** The versions of a workflow in the browser: compared as list, text and graph, and restored. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
const PATH = '/p/etl/workflows/orders/versions';

const noop = (name: string, ...dependsOn: string[]) => ({ name, type: 'noop', dependsOn });

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { workflows, projects } = server.client;
  await projects.create({ name: 'etl' });
  await workflows.create('etl', {
    name: 'orders',
    description: 'First',
    tasks: [noop('fetch'), noop('load', 'fetch')],
  });
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const changes = () => page.getByRole('region', { name: 'What changed' });

it('says that there is one version, at an old address too', async () => {
  await page.goto('/p/etl/workflows/orders?view=versions');
  await page.getByText('There is one version so far').waitFor();
  await page.waitForURL(({ pathname }) => pathname === PATH);
  expect(await findViolations(page)).toEqual([]);
});

it('shows what the newest changed, as list, as text and as graph', async () => {
  const { workflows } = server.client;
  await workflows.save('etl', 'orders', {
    name: 'orders',
    description: 'Second',
    tasks: [noop('fetch'), noop('check', 'fetch')],
  });
  await workflows.save('etl', 'orders', {
    ...{ name: 'orders', description: 'Third' },
    tasks: [noop('fetch'), { ...noop('check'), retry: { times: 2 } }],
  });
  // Another tab has saved: it is told.
  await changes().getByText('retry').first().waitFor();
  await changes().getByText('Third').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await changes().getByLabel('From').selectOption('Version 1');
  await changes().getByText('+ Added').waitFor();
  await changes().getByText('− Removed').waitFor();
  await changes().getByRole('link', { name: 'YAML' }).click();
  await page.getByRole('row', { name: /\+\s*description: Third/ }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await changes().getByRole('link', { name: 'Graph', exact: true }).click();
  await page.getByRole('button', { name: 'check' }).getByText('Added').waitFor();
  await page.getByRole('button', { name: 'load' }).getByText('Removed').waitFor();
  await page.waitForURL(({ search }) => search === '?from=1&to=3&view=graph');
  expect(await findViolations(page)).toEqual([]);
  await page.reload();
  await page.getByRole('button', { name: 'load' }).waitFor();
});

it('restores a version as a new one, and says who did', async () => {
  await page.getByRole('button', { name: 'Restore version 1' }).click();
  const dialog = page.getByRole('dialog', { name: 'Restore version 1?' });
  await dialog.getByText('saved as version 4').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('Version 1 is restored as version 4.').waitFor();
  await page.getByRole('link', { name: 'Version 4' }).waitFor();
  expect(await server.client.workflows.get('etl', 'orders')).toMatchObject({ version: 4, description: 'First' });
  await page.goto(`${PATH}?from=1&to=4`);
  await page.getByText('These versions say the same').waitFor();
});

it('says that there is no such version', async () => {
  await page.goto(`${PATH}?from=1&to=99`);
  await page.getByText('no version 99').first().waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/');
  for (const view of ['changes', 'yaml', 'graph']) {
    await narrow.page.goto(`${PATH}?from=1&to=3&view=${view}`);
    await narrow.page.getByText('变更内容').waitFor();
    await narrow.page.getByText('check').first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors.filter((error) => !/\b404\b/.test(error))).toEqual([]);
});
