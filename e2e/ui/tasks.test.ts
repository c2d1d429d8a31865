/** Tasks across runs: what failed, of which type and where, narrowed in the address, and the way to it in its run. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForRun } from '../support/runs.ts';
import { findViolations, overflow } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let failed: string;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  const { client } = desk.server;
  for (const name of ['shop', 'lab']) await client.projects.create({ name });
  const load = { name: 'load', type: 'shell', script: 'exit 3' };
  await client.workflows.create('shop', { name: 'nightly', tasks: [load, { name: 'ping', type: 'noop' }] });
  await client.workflows.create('lab', { name: 'probe', tasks: [{ name: 'look', type: 'shell', script: 'true' }] });
  await client.workflows.online('shop', 'nightly');
  await client.workflows.online('lab', 'probe');
  const [run, other] = [await client.workflows.start('shop', 'nightly'), await client.workflows.start('lab', 'probe')];
  failed = run.id;
  await waitForRun(client, run, 'failure');
  await waitForRun(client, other, 'success');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const rows = () => desk.page.getByRole('table', { name: 'Tasks' }).getByRole('row');

it('lists the tasks of all runs, and keeps what narrows them in the address', async () => {
  const { page } = desk;
  await page.goto('/tasks');
  await expect.poll(() => rows().count()).toBe(4);
  await page.getByRole('group', { name: 'State' }).getByRole('link', { name: 'Failed' }).click();
  await page.waitForURL('**/tasks?state=failed');
  await expect.poll(() => rows().count()).toBe(2);
  await rows().last().getByText('it ended with exit code 3').waitFor();
  await page.getByLabel('Project').selectOption('lab');
  await page.getByText('No task matches these filters.').waitFor();
  expect(page.url()).toContain('state=failed&project=lab');
  await page.getByRole('link', { name: 'Clear the filters' }).click();
  await page.getByLabel('Type').selectOption('shell');
  await expect.poll(() => rows().count()).toBe(3);
  expect(await findViolations(page)).toEqual([]);
});

it('leads from a task to its run, with it chosen', async () => {
  const { page } = desk;
  await page.goto('/tasks?state=failed');
  await rows().getByRole('link', { name: 'load' }).click();
  await page.waitForURL(`**/p/shop/runs/${failed}?task=load`);
  await page.getByRole('heading', { name: 'load', level: 2 }).waitFor();
});

it('holds new ones back until they are asked for', async () => {
  const { page, server } = desk;
  await page.goto('/tasks');
  await expect.poll(() => rows().count()).toBe(4);
  const run = await server.client.workflows.start('lab', 'probe');
  await page.getByRole('button', { name: /1 new task/ }).waitFor();
  expect(await rows().count()).toBe(4);
  await page.getByRole('button', { name: /1 new task/ }).click();
  await expect.poll(() => rows().count()).toBe(5);
  await waitForRun(server.client, run, 'success');
  await rows().nth(1).getByText('Success').waitFor();
});

it('leads from a task to its worker, which shows what it runs and has run, and what can be decided about it', async () => {
  const { page, server } = desk;
  const { items } = await server.client.workers.list();
  const { id, name } = items[0]!;
  await page.goto(`/p/shop/runs/${failed}?task=load`);
  await page.getByRole('region', { name: 'load', exact: true }).getByRole('link', { name, exact: true }).click();
  await page.waitForURL(`**/workers/${id}`);
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  await page.getByText('It runs nothing at the moment.').waitFor();
  await page.getByRole('table', { name: 'Latest tasks' }).getByRole('link', { name: 'load' }).waitFor();
  await page.getByRole('img', { name: /^Slots in use: / }).waitFor();
  await page.getByText('Joined').first().waitFor();
  expect(await findViolations(page)).toEqual([]);

  await page.getByRole('button', { name: 'Drain' }).click();
  const question = page.getByRole('dialog', { name: `Drain ${name}?` });
  await question.getByRole('button', { name: 'Drain', exact: true }).click();
  await page.getByText('Drained by admin').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Drain' }).waitFor();
  await page.getByRole('link', { name: 'All its tasks' }).click();
  await page.waitForURL(`**/tasks?worker=**`);
  await rows().getByRole('link', { name: 'load' }).waitFor();
  await page.goto('/workers/nobody');
  await page.getByText('There is no “nobody” here').waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  const { server, browser, opened } = desk;
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  const { page } = narrow;
  await page.goto('/login');
  await page.locator('input[name="name"]').fill('admin');
  await page.locator('input[name="password"]').fill(server.adminPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(({ pathname }) => pathname === '/');
  await page.goto('/tasks');
  await page.getByRole('table').getByText('load').waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  const { items } = await server.client.workers.list();
  await page.goto(`/workers/${items[0]!.id}`);
  await page.getByText('最近的任务').waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(narrow.errors).toEqual([]);
  // Who asks for a worker that never was is told so.
  expect(opened.errors.filter((text) => !text.includes('404'))).toEqual([]);
});
