/** What is around every page: the rail and its groups, the foot of a phone, the search, the keys, what is said aloud. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, signIn } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';
import { signInAs } from './newcomer.ts';

let desk: Desk;
let server: TestServer;
let page: Page;
let run: string;

const TASKS = [{ name: 'greet', type: 'shell', script: 'echo hello' }];

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', { name: 'nightly', tasks: TASKS });
  await client.workflows.online('ui', 'nightly');
  await client.schedules.create('ui', 'nightly', { name: 'at-two', plan: { every: '1d' } });
  await client.workflows.start('ui', 'nightly');
  run = (await client.workflows.start('ui', 'nightly')).id;
  await eventually('the run to end', async () => (await client.instances.get(run)).state === 'success');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const rail = (of: Page) => of.getByRole('navigation', { name: 'Main' });
const entry = (name: string) => rail(page).getByRole('link', { name, exact: true });

it('the groups of the rail fold up, stay so, and keep the page one is on', async () => {
  await page.goto('/triggers');
  const time = rail(page).getByRole('button', { name: 'Time' });
  await time.click();
  expect(await time.getAttribute('aria-expanded')).toBe('false');
  expect(await entry('Schedules').isVisible()).toBe(false);
  expect(await entry('Triggers').isVisible()).toBe(true);
  expect(await findViolations(page)).toEqual([]);
  await page.reload();
  await entry('Triggers').waitFor();
  expect(await entry('Schedules').isVisible()).toBe(false);
  await time.click();
  expect(await entry('Schedules').isVisible()).toBe(true);
});

it('the entry of the page one is on asks the server again', async () => {
  await page.goto('/roles');
  await page.getByRole('row', { name: /^Operate/ }).waitFor();
  await Promise.all([page.waitForRequest(/\/api\/v1\/roles/), entry('Roles').click()]);
  expect(await entry('Roles').getAttribute('aria-current')).toBe('page');
});

it('who may not see a page is not led there', async () => {
  expect(await entry('Users').isVisible()).toBe(true);
  await using other = await desk.browser.open(server.url, { still: true });
  await signInAs(other.page, server, 'vera', 'viewer');
  await rail(other.page).getByRole('link', { name: 'Roles', exact: true }).waitFor();
  for (const name of ['Users', 'Audit log', 'Listeners'])
    expect(await rail(other.page).getByRole('link', { name, exact: true }).count()).toBe(0);
});

it('a phone has five pages in words at its foot, and all of them one press away', async () => {
  await using phone = await desk.browser.open(server.url, { still: true, width: 320, height: 640, mode: 'dark' });
  const small = phone.page;
  await signIn(small, server.adminPassword);
  const visible = await rail(small).getByRole('link').filter({ visible: true }).allInnerTexts();
  expect(visible.map((text) => text.trim())).toEqual(['Overview', 'Workflows', 'Runs', 'Schedules', 'Alerts']);
  expect(await overflow(small)).toBeLessThanOrEqual(0);
  await rail(small).getByRole('button', { name: 'More' }).click();
  const sheet = small.getByRole('dialog', { name: 'All pages' });
  await sheet.getByRole('link', { name: 'Backfills' }).waitFor();
  expect(await findViolations(small)).toEqual([]);
  await sheet.getByRole('link', { name: 'Audit log' }).click();
  await small.getByRole('heading', { name: 'Audit log', level: 1 }).waitFor();
  expect(await sheet.count()).toBe(0);
  expect(await overflow(small)).toBeLessThanOrEqual(0);
});

/** What the search finds first for a text; Enter takes it. */
async function find(of: Page, text: string, first: string | RegExp): Promise<void> {
  // Keys are heard from when the frame stands.
  await rail(of).waitFor();
  await of.keyboard.press('Control+k');
  await of.getByRole('combobox', { name: 'Go to' }).fill(text);
  await of.getByRole('option', { name: first }).first().waitFor();
}

it.each([
  ['nightly#2', /^nightly ?#2/, /\/runs\//],
  ['nightly grid', /^nightly Grid/, /\/grid$/],
  ['at-two', /^at-two/, /\/schedules\//],
  ['run nightly', /^Run nightly/, /start=1/],
  ['vera', /^vera/, /user=vera/],
  ['retention', /^Retention/, /\/system\/history$/],
])('the search leads from “%s” on', async (text, first, address) => {
  await page.goto('/roles');
  await find(page, text, first);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('option', { name: first }).first().click();
  await page.waitForURL(address);
});

it('the search finds a run by its id, in an address too', async () => {
  await page.goto('/roles');
  await find(page, `https://elsewhere.example/p/ui/runs/${run}?view=graph`, `The run with the id ${run}`);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^nightly #2/, level: 1 }).waitFor();
});

it('the search does what can be done at once, for who may', async () => {
  await using other = await desk.browser.open(server.url, { still: true });
  await signInAs(other.page, server, 'otto', 'viewer');
  await find(other.page, 'nightly', /^nightly/);
  expect(await other.page.getByRole('option', { name: 'Run nightly' }).count()).toBe(0);
  await other.page.keyboard.press('Escape');
  await find(other.page, 'language', /简体中文/);
  await other.page.getByRole('option', { name: /简体中文/ }).click();
  await other.page.getByRole('heading', { name: '总览', level: 1 }).waitFor();
  await other.page.keyboard.press('Control+k');
  await other.page.getByRole('combobox').fill('退出');
  await other.page.getByRole('option', { name: '退出登录' }).click();
  await other.page.waitForURL(/\/login/);
});

it('the list of shortcuts holds those that work on the page, and no others', async () => {
  await page.goto('/runs');
  await page.getByText('nightly').first().waitFor();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.getByText('Show new rows').waitFor();
  expect(await sheet.getByText('Audit log').isVisible()).toBe(true);
  expect(await sheet.getByText('Run again').count()).toBe(0);
  expect(await findViolations(page)).toEqual([]);
  await page.goto(`/p/ui/runs/${run}`);
  await page.getByRole('log').waitFor();
  await page.keyboard.press('?');
  await sheet.getByText('Run again').waitFor();
  await sheet.getByText('Next match').waitFor();
  expect(await sheet.getByText('Show new rows').count()).toBe(0);
});

it('says aloud that the run that is open has ended', async () => {
  const { client } = server;
  const tasks = [{ name: 'wait', type: 'approval', message: 'Go on?' }];
  await client.workflows.create('ui', { name: 'asking', tasks });
  await client.workflows.online('ui', 'asking');
  const { id } = await client.workflows.start('ui', 'asking');
  await page.goto(`/p/ui/runs/${id}`);
  await page.getByRole('heading', { name: /^asking #1/, level: 1 }).waitFor();
  await client.instances.stop(id);
  await page.getByRole('status').filter({ hasText: 'asking #1: Stopped' }).waitFor({ state: 'attached' });
});
