/** Why a run failed and what was recorded of it, in words, in both languages. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForRun } from '../support/runs.ts';
import { findViolations, overflow } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let run: string;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  const { client } = desk.server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', {
    name: 'nightly',
    tasks: [
      { name: 'load', type: 'shell', script: 'exit 3', retry: { times: 1, interval: '1ms' } },
      { name: 'mail', type: 'noop', dependsOn: ['load'] },
    ],
  });
  await client.workflows.online('ui', 'nightly');
  const started = await client.workflows.start('ui', 'nightly');
  run = started.id;
  await waitForRun(client, started, 'failure');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('says why a run failed, every sentence once, and names what it knows', async () => {
  const { page } = desk;
  await page.goto(`/p/ui/runs/${run}?task=mail`);
  const head = page.locator('.why').first();
  await head.getByText('"load" failed: it ended with exit code 3').waitFor();
  await head.getByRole('button', { name: 'Why?' }).click();
  await head.getByText('Failed tasks', { exact: true }).waitFor();
  const said = (await head.textContent()) ?? '';
  expect(said.split('ended with exit code 3')).toHaveLength(2);
  expect(said).toContain('1 task cannot start because of what failed before');
  expect(said).not.toMatch(/failedTasks|firstCause/);
  expect(await findViolations(page)).toEqual([]);
});

it('tells the events of a run in words, with their day and zone, and one kind of them alone', async () => {
  const { page } = desk;
  await page.goto(`/p/ui/runs/${run}?view=events`);
  const table = page.getByRole('table', { name: 'Events' });
  await table.getByText('Run: Failed').waitFor();
  expect(await table.textContent()).not.toMatch(/task_instance|=/);
  await table.getByText('attempt 2').first().waitFor();
  expect(await table.getByRole('row').nth(2).textContent()).toMatch(/[A-Z][a-z]{2} \d{1,2}, .*(GMT|UTC|[A-Z]{3,4})/);
  const all = Number(await table.getAttribute('aria-rowcount'));
  await page.getByRole('link', { name: 'Run', exact: true }).click();
  await page.waitForURL('**kind=run**');
  await expect.poll(async () => Number(await table.getAttribute('aria-rowcount'))).toBeLessThan(all);
  await table.getByText('Run: Failed').waitFor();
  expect(await table.getByText('attempt 2').count()).toBe(0);
  await page.getByRole('link', { name: 'Warnings' }).click();
  await page.getByText('No event of this kind').waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('says the same in Chinese', async () => {
  const { server, browser } = desk;
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  const { page } = narrow;
  await page.goto('/login');
  await page.locator('input[name="name"]').fill('admin');
  await page.locator('input[name="password"]').fill(server.adminPassword);
  await page.keyboard.press('Enter');
  await page.waitForURL(({ pathname }) => pathname === '/');
  await page.goto(`/p/ui/runs/${run}?view=events&task=mail`);
  await page.getByRole('table').getByText('运行: 失败').waitFor({ state: 'attached' });
  const head = page.locator('.why').first();
  await head.getByText('1 个任务失败（load）').waitFor();
  await head.getByRole('button').click();
  await head.getByText('失败的任务', { exact: true }).waitFor();
  expect(await head.textContent()).not.toMatch(/cannot start|nothing|failedTasks/);
  expect(await findViolations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  expect(narrow.errors).toEqual([]);
});
