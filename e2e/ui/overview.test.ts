/** The overview in the browser: what needs somebody, what comes, and the first run with one press. */
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

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const card = (name: string) => page.getByRole('region', { name, exact: true });

it('makes an example and runs it with one press', async () => {
  await page.goto('/');
  await page.getByRole('heading', { name: 'Start your first run' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Create an example and run it' }).click();
  await page.getByRole('heading', { name: /^first-run/, level: 1 }).waitFor();
  const done = async () => (await server.client.instances.list({ state: ['success'] })).items.length === 1;
  await eventually('the example to succeed', done);
  await page.goto('/');
  await page.getByRole('table', { name: 'Runs over time' }).getByText('1 success').waitFor();
  expect(await page.getByRole('heading', { name: 'Start your first run' }).count()).toBe(0);
});

it('says what waits and why, what fails, what comes next and what is under way', async () => {
  const { client } = server;
  await client.projects.create({ name: 'etl' });
  const make = async (definition: {
    readonly name: string;
    readonly execution?: string;
    readonly tasks: readonly object[];
  }) => {
    await client.workflows.create('etl', definition as never);
    await client.workflows.online('etl', definition.name);
  };
  await make({ name: 'serial', execution: 'serial_wait', tasks: [{ name: 'hold', type: 'wait', signal: 'go' }] });
  await make({ name: 'render', tasks: [{ name: 'a', type: 'shell', script: 'true', workerGroup: 'gpu' }] });
  await make({ name: 'broken', tasks: [{ name: 'a', type: 'shell', script: 'exit 3' }] });
  await make({ name: 'past', tasks: [{ name: 'hold', type: 'wait', signal: 'go' }] });
  for (const name of ['serial', 'serial', 'render', 'broken']) await client.workflows.start('etl', name);
  await client.schedules.create('etl', 'broken', { name: 'daily', plan: { cron: '0 * * * *' }, online: true });
  const times = { kind: 'list' as const, times: ['2026-03-11T06:00:00Z', '2026-03-12T06:00:00Z'] };
  await client.backfills.start({ project: 'etl', workflow: 'past', times, parallelism: 1 });
  await page.goto('/');
  await card('Waiting').getByRole('link', { name: 'serial #2' }).waitFor();
  expect(await card('Waiting').locator('small[lang="en"]').first().innerText()).not.toBe('');
  await card('Waiting').getByRole('link', { name: '1 task for the group gpu' }).waitFor();
  await card('Waiting').getByText('No worker of the group is online.').waitFor();
  await card('Failing workflows').getByRole('link', { name: 'broken' }).waitFor();
  await card('Next to start').getByRole('link', { name: 'broken' }).first().waitFor();
  await card('Backfills under way').getByText('0 % of 2 runs done').waitFor();
  await page.getByRole('list', { name: 'Workers by their slots' }).getByRole('link').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('counts as far back as the address says, and its tiles lead to those runs', async () => {
  await page.getByRole('link', { name: 'Last hour' }).click();
  await page.waitForURL(/within=1h/);
  await page.reload();
  const tiles = page.getByRole('list', { name: 'Runs created in the last hour' });
  await tiles.getByRole('link', { name: /Failed/ }).click();
  await page.waitForURL(/\/runs\?/);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ state: 'failed', within: '1h' });
  await page
    .getByRole('table', { name: 'Runs' })
    .getByRole('link', { name: /broken/ })
    .waitFor();
});

it('shows the runs set aside and the alerts that reached nobody', async () => {
  const [run] = (await server.client.instances.list({ state: ['running'] })).items;
  const quarantine = {
    code: 'quarantined',
    text: 'A handler failed.',
    since: run!.createdAt,
    next: null,
    evidence: {},
  };
  await page.route('**/api/v1/overview?*', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), setAside: [{ ...run, quarantine }] } });
  });
  const alert = { id: 'a1', title: 'broken #1 failed', lastAt: run!.createdAt };
  await page.route('**/api/v1/alerts?*', (route) => route.fulfill({ json: { items: [alert], nextCursor: null } }));
  await page.goto('/');
  await card('Set aside by the engine').getByText('A handler failed.').waitFor();
  await card('Alerts that reached nobody').getByRole('link', { name: 'broken #1 failed' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('tells an error in the card it concerns, and shows the others', async () => {
  await page.unrouteAll({ behavior: 'wait' });
  const problem = { type: 'about:blank', title: 'No', status: 400, code: 'bad_request', detail: 'Not this one.' };
  await page.route('**/api/v1/forecast?*', (route) =>
    route.fulfill({ status: 400, contentType: 'application/problem+json', json: problem }),
  );
  await page.goto('/');
  await card('Next to start').getByRole('alert').getByText('Not this one.').waitFor();
  await card('Failing workflows').getByRole('link', { name: 'broken' }).waitFor();
  await page.unrouteAll({ behavior: 'wait' });
  await card('Next to start').getByRole('button', { name: 'Try again' }).click();
  await card('Next to start').getByRole('link', { name: 'broken' }).first().waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByRole('region', { name: '等待中' }).getByRole('link', { name: 'serial #2' }).waitFor();
  await narrow.page.getByText('1 个任务等待工作组 gpu').waitFor();
  await narrow.page.getByRole('link', { name: '最近 7 天' }).click();
  await narrow.page.getByRole('list', { name: '最近 7 天创建的运行' }).waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors.filter((error) => !error.includes('400'))).toEqual([]);
});
