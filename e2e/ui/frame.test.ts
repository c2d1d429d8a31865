/** What is around every page: the rail and its groups, the foot of a phone. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, signIn } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';
import { signInAs } from './newcomer.ts';

let desk: Desk;
let server: TestServer;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, page } = desk);
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
