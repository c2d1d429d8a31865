/** Worker groups on the page of workers: declared, given workers and a policy, looked at, refused while in use, deleted. */
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

const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });

it('a group that only a task names is seen waiting, and declaring it with a worker lets the task run', async () => {
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', { name: 'strong', tasks: [{ name: 'a', type: 'noop', workerGroup: 'gpu' }] });
  await client.workflows.online('ui', 'strong');
  const run = await client.workflows.start('ui', 'strong');
  await page.goto('/workers');
  await row('gpu').getByText('not declared').waitFor();
  await row('gpu').getByRole('cell', { name: '1', exact: true }).waitFor();
  await row('default').getByText('1 of 1 online').waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);

  await page.getByRole('button', { name: 'Declare gpu' }).click();
  const form = page.getByRole('dialog', { name: 'Declare gpu' });
  await form.getByLabel('Policy').selectOption('Least loaded');
  await form.getByLabel('Workers put into it').fill('embedded\n');
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the group' }).click();
  await row('gpu').getByText('Least loaded').waitFor();
  await waitForRun(client, run, 'success');
  expect(await client.workerGroups.get('gpu')).toMatchObject({ policy: 'least_loaded', assigned: ['embedded'] });
});

it('its workers are shown, and it is deleted only when nothing names it', async () => {
  await row('gpu').getByRole('link', { name: 'gpu' }).click();
  await page.getByRole('heading', { name: 'Workers of gpu' }).waitFor();
  await page.getByRole('heading', { name: 'embedded', level: 2 }).waitFor();
  await page.getByRole('button', { name: 'Delete gpu' }).click();
  const confirm = page.getByRole('dialog', { name: 'Delete worker group gpu?' });
  await confirm.getByRole('button', { name: 'Delete the group' }).click();
  await confirm.getByText('is used by workflow ui/strong').waitFor();
  await server.client.workflows.delete('ui', 'strong');
  await confirm.getByRole('button', { name: 'Delete the group' }).click();
  await row('gpu').waitFor({ state: 'detached' });
  await page.getByText('No worker is in gpu').waitFor();
  await page.getByRole('link', { name: 'All workers' }).click();
  await page.getByRole('heading', { name: 'embedded', level: 2 }).waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto('/workers');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByRole('button', { name: '新建工作组' }).click();
  await narrow.page.getByRole('dialog', { name: '新建工作组' }).waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors.filter((error) => !error.includes('409'))).toEqual([]);
});
