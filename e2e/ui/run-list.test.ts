/** The list of runs in the browser: narrowed, kept as a view, saved as a file, and many runs acted on at once. */
import { readFile } from 'node:fs/promises';
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
const waiting: string[] = [];

async function make(name: string, task: object, state: string, times: number): Promise<string[]> {
  const { client } = server;
  await client.workflows.create('etl', { name, tasks: [{ name: 'a', ...task }] });
  await client.workflows.online('etl', name);
  const ids: string[] = [];
  for (let n = 0; n < times; n++) ids.push((await client.workflows.start('etl', name)).id);
  for (const id of ids)
    await eventually(`${name} to be ${state}`, async () => (await client.instances.get(id)).state === state);
  return ids;
}

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  await server.client.projects.create({ name: 'etl' });
  waiting.push(...(await make('hold', { type: 'wait', signal: 'go' }, 'running', 4)));
  await make('good', { type: 'noop' }, 'success', 2);
  await make('bad', { type: 'shell', script: 'exit 3' }, 'failure', 1);
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const rows = () => page.getByRole('table', { name: 'Runs' }).locator('tbody tr');
const row = (name: string) => rows().filter({ hasText: name });
const box = (name: string) => page.getByRole('checkbox', { name: `Choose ${name}` });
const count = (n: number) => eventually(`${n} rows`, async () => ((await rows().count()) === n ? true : undefined));
const bar = () => page.getByRole('group', { name: 'What can be done with the chosen runs' });

it('is narrowed by several states, a workflow, an origin and a time, all of it in the address', async () => {
  await page.goto('/runs');
  await count(7);
  await page.getByRole('link', { name: 'Failed', exact: true }).click();
  await count(1);
  await page.getByRole('link', { name: 'Success', exact: true }).click();
  await count(3);
  await page.waitForURL(({ searchParams }) => searchParams.get('state') === 'failed,success');
  await page.getByLabel('Project', { exact: true }).selectOption('etl');
  await page.getByLabel('Workflow', { exact: true }).selectOption('good');
  await count(2);
  await page.getByLabel('Started by').selectOption('backfill');
  await page.getByText('No run matches these filters.').waitFor();
  await page.getByLabel('Started by').selectOption('');
  await page.getByRole('combobox', { name: 'Created' }).selectOption('days');
  await page.getByLabel(/^From/).fill('2020-01-01');
  await page.getByLabel(/^Up to/).fill('2020-01-02');
  await page.getByText('No run matches these filters.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('combobox', { name: 'Created' }).selectOption('24h');
  await page.waitForURL(/within=24h/);
  await page.reload();
  await count(2);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    ...{ state: 'failed,success', project: 'etl', workflow: 'good', within: '24h' },
  });
});

it('finds a run by its number and by its id, and says what it cannot read', async () => {
  await page.goto('/runs');
  await count(7);
  const find = page.getByRole('searchbox');
  await page.keyboard.press('/');
  await find.fill('#2');
  await find.press('Enter');
  await page.getByText('Runs are numbered within their workflow').waitFor();
  await find.fill('etl/hold#2');
  await find.press('Enter');
  await count(1);
  await row('#2').waitFor();
  await find.fill(waiting[0]!);
  await find.press('Enter');
  await page.getByRole('heading', { name: /^hold/, level: 1 }).waitFor();
});

it('says that a state of the address is none, instead of leaving it out', async () => {
  await page.goto('/runs?state=weird');
  await page.getByRole('alert').getByText('“weird”').waitFor();
  await page.getByText('No run can match it.').waitFor();
  expect(await rows().count()).toBe(0);
  await page.goto('/runs?state=weird,failed');
  await page.getByRole('alert').waitFor();
  await count(1);
  expect(await findViolations(page)).toEqual([]);
});

it('keeps filters as a view, and the choice of columns', async () => {
  await page.goto('/runs?state=failed&project=etl');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Name of the view').fill('trouble');
  await page.getByRole('button', { name: 'Keep these filters' }).click();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Business time' }).check();
  await page.getByRole('checkbox', { name: 'By', exact: true }).uncheck();
  await page.goto('/runs');
  await page.getByRole('columnheader', { name: 'Business time' }).waitFor();
  expect(await page.getByRole('columnheader', { name: 'By', exact: true }).count()).toBe(0);
  await page.getByRole('button', { name: 'Views' }).click();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'trouble' }).click();
  await count(1);
  await page.getByRole('button', { name: /^Views: trouble/ }).click();
  await page.getByRole('link', { name: 'Failed in 24 hours' }).click();
  await eventually('the view', async () => new URL(page.url()).searchParams.get('within') === '24h');
});

it('saves what is shown as a file', async () => {
  await page.goto('/runs?state=success');
  await count(2);
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV of the 2 runs shown' }).click(),
  ]);
  const lines = (await readFile((await download.path())!, 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(',etl,good,2,success,');
});

it('chooses runs by keyboard, by range and all, says what would be done, does it and tells of each', async () => {
  await page.goto('/runs');
  await count(7);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await bar().getByText('1 run chosen').waitFor();
  await box('hold #1').click({ modifiers: ['Shift'] });
  await bar().getByText('7 runs chosen').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await bar().getByRole('button', { name: 'Stop', exact: true }).click();
  const ask = page.getByRole('dialog', { name: 'Stop 4 runs' });
  await ask.getByText('3 runs cannot do it and are passed over:').waitFor();
  await ask.getByText('2 × Success').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await ask.getByRole('button', { name: 'Stop 4 runs' }).click();
  await page.getByRole('heading', { name: 'Stop: 7 runs', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'Done 4' }).waitFor();
  for (const id of waiting) {
    await eventually('the run to stop', async () => (await server.client.instances.get(id)).state === 'stopped');
  }
  expect(await findViolations(page)).toEqual([]);
  // What became of each survives a reload of the tab.
  await page.reload();
  await page.getByRole('link', { name: 'Done 4' }).click();
  await eventually('only those', async () => (await page.locator('tbody tr').count()) === 4);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download JSON' }).click(),
  ]);
  const kept = JSON.parse(await readFile((await download.path())!, 'utf8')) as { items: { outcome: string }[] };
  expect(kept.items.map(({ outcome }) => outcome).sort()).toEqual([
    ...Array(4).fill('done'),
    ...Array(3).fill('passed'),
  ]);
  const { items } = await server.client.audit.list({ action: 'workflow_instance.stop' });
  expect(items).toHaveLength(4);
});

it('asks again for those that failed meanwhile', async () => {
  await page.goto('/runs?state=stopped');
  await count(4);
  await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check();
  await bar().getByRole('button', { name: 'Resume', exact: true }).click();
  const ask = page.getByRole('dialog', { name: 'Resume 4 runs' });
  await ask.waitFor();
  // Between the look and the confirmation somebody else is quicker.
  await server.client.instances.resume(waiting[0]!);
  await eventually('it to run', async () => (await server.client.instances.get(waiting[0]!)).state === 'running');
  await ask.getByRole('button', { name: 'Resume 4 runs' }).click();
  await page.getByRole('link', { name: 'Done 3' }).waitFor();
  await page.getByRole('link', { name: 'Refused 1' }).waitFor();
  await page.getByRole('button', { name: 'Ask the 1 that failed again' }).click();
  await page.getByText('None of them can do it now.').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
});

it('acts on all that match, also on what is not shown', async () => {
  const { client } = server;
  for (let n = 0; n < 52; n++) await client.workflows.start('etl', 'hold');
  const live = async () =>
    (await client.instances.list({ workflow: 'hold', project: 'etl', state: ['running'], limit: 100 })).items.length;
  await eventually('all to run', async () => (await live()) === 56);
  await page.goto('/runs?state=active&project=etl');
  await count(50);
  await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check();
  await bar().getByRole('button', { name: 'Choose all that match' }).click();
  await bar().getByText('All runs that match these filters are chosen').waitFor();
  await bar().getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('dialog', { name: 'Stop 56 runs' }).getByRole('button', { name: 'Stop 56 runs' }).click();
  await page.getByRole('link', { name: 'Done 56' }).waitFor();
  await eventually('none to run', async () => (await live()) === 0);
});

it('offers nothing of it to those who only look', async () => {
  const { password } = await server.client.users.create({ name: 'vic', role: 'viewer' });
  await using other = await browser.open(server.url, { still: true });
  await other.page.goto('/runs');
  await other.page.getByLabel('Name').fill('vic');
  await other.page.getByLabel('Password').fill(password);
  await other.page.getByRole('button', { name: 'Sign in' }).click();
  await other.page.getByLabel('The password you have now').fill(password);
  await other.page.getByLabel('The new password').fill('wind over water');
  await other.page.getByRole('button', { name: 'Change the password' }).click();
  await other.page.getByRole('table', { name: 'Runs' }).waitFor();
  expect(await other.page.getByRole('checkbox').count()).toBe(0);
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/');
  await narrow.page.goto('/runs?state=weird,stopped&from=2026-01-01');
  await narrow.page.getByRole('alert').getByText('不是运行的状态').waitFor();
  await narrow.page.locator('tbody input[type="checkbox"]').first().check();
  await narrow.page.getByRole('group', { name: '可对所选运行执行的操作' }).waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  await narrow.page.getByRole('button', { name: '重新运行' }).click();
  await narrow.page
    .getByRole('dialog', { name: '重新运行 1 条运行' })
    .getByRole('button', { name: '重新运行 1 条运行' })
    .click();
  await narrow.page.getByRole('link', { name: '已完成 1' }).waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors).toEqual([]);
});
