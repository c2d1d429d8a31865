/** Who may do what and who has done it, in the browser. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, page } = desk);
  await server.client.projects.create({ name: 'reports' });
  await server.client.projects.update('reports', { description: 'Numbers of the night' });
  await server.client.projects.create({ name: 'other' });
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('the audit log is narrowed to one thing, and a record says what was there before', async () => {
  await page.goto('/audit');
  const table = page.getByRole('table', { name: 'Audit log' });
  await table.getByRole('row', { name: /project\.create.*other/ }).waitFor();
  expect(await findViolations(page)).toEqual([]);

  await page.getByLabel('What').selectOption('project.update');
  await page.waitForURL(/action=project.update/);
  await table.getByRole('link', { name: 'project.update' }).click();
  const record = page.getByRole('dialog', { name: 'project.update' });
  await record.getByText('Numbers of the night').waitFor();
  expect(await record.getByRole('listitem').innerText()).toContain('description');
  expect(await record.getByRole('link', { name: 'Open it' }).getAttribute('href')).toContain('project=reports');
  expect(await findViolations(page)).toEqual([]);

  // The record has an address of its own, and leads to all that was done with the thing.
  await page.reload();
  await record.getByRole('link', { name: 'All that was done with it' }).click();
  await page.waitForURL(/subject=reports/);
  await table.getByRole('row', { name: /project\.create/ }).waitFor();
  expect(await table.getByRole('row').count()).toBe(3);
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('link', { name: 'Without the filter reports' }).click();
  await table.getByRole('row', { name: /other/ }).waitFor();
});
