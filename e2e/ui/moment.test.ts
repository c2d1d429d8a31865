/** A run as it was: the slider over its events, on the page and in its address. */
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
let path: string;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', {
    name: 'story',
    tasks: [
      { name: 'load', type: 'shell', script: 'echo loaded' },
      { name: 'check', type: 'shell', script: 'echo "no good"; exit 4', dependsOn: ['load'] },
      { name: 'report', type: 'shell', script: 'true', dependsOn: ['check'] },
    ],
  });
  await client.workflows.online('ui', 'story');
  const run = await client.workflows.start('ui', 'story');
  await waitForRun(client, run, 'failure');
  path = `/p/ui/runs/${run.id}`;
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const slider = () => page.getByRole('slider', { name: 'Moment of the run' });
const textOf = () => slider().getAttribute('aria-valuetext');
const head = () => page.locator('h1 + *').textContent();

async function expectClean(on: Page): Promise<void> {
  expect(await findViolations(on)).toEqual([]);
  expect(await overflow(on)).toBeLessThanOrEqual(0);
}

it('goes back event by event, by keys and buttons, and to now again', async () => {
  await page.goto(path);
  await page.getByRole('link', { name: 'Past', exact: true }).click();
  await slider().waitFor();
  await page.getByText('As it was at').waitFor();
  expect(await textOf()).toMatch(/^event (\d+) of \1: /);
  // What changes the run of today is not offered while another moment is shown.
  expect(await page.getByRole('button', { name: 'Run again' }).count()).toBe(0);
  await expectClean(page);

  // To the beginning: nothing had begun.
  await slider().focus();
  await page.keyboard.press('Home');
  await expect.poll(head).toContain('Submitted');
  await page
    .getByText('No task has been created yet')
    .or(page.getByRole('option', { name: /^load.*Not begun/ }))
    .waitFor();
  expect(await textOf()).toMatch(/^event 1 of \d+: Run · Submitted/);

  // On until the first task runs.
  await page.getByRole('heading', { level: 1 }).click();
  for (let said = await textOf(); !said?.includes('load · Running'); said = await textOf()) {
    await page.keyboard.press('.');
    await expect.poll(textOf).not.toBe(said);
  }
  await expect.poll(head).toContain('Running');
  await page.getByRole('option', { name: /^load.*Running/ }).waitFor();
  await page.getByRole('option', { name: /^report.*Not begun/ }).waitFor();
  await expectClean(page);
  const address = page.url();
  expect(new URL(address).searchParams.get('at')).toMatch(/^\d+$/);

  await page.keyboard.press(',');
  await expect.poll(textOf).not.toContain('load · Running');
  await page.getByRole('button', { name: 'Next event' }).click();
  await expect.poll(textOf).toContain('load · Running');

  await page.getByRole('link', { name: 'Back to now' }).click();
  await expect.poll(head).toContain('Failed');
  expect(new URL(page.url()).search).not.toContain('at=');
  await page.goto(address);
  await expect.poll(textOf).toContain('load · Running');
});

it('shows the graph, the tasks, the events and a task as they were', async () => {
  await page.goto(`${path}?at=end`);
  await slider().waitFor();
  await expect
    .poll(async () => {
      await page.keyboard.press(',');
      return textOf();
    })
    .toContain('check · Running');
  const search = new URL(page.url()).searchParams;
  const at = search.get('at');
  const tasks = page.getByRole('table', { name: 'Tasks' });
  await page.goto(`${path}?view=tasks&at=${at}&task=check`);
  await tasks.getByRole('row', { name: /^check.*Running/ }).waitFor();
  await tasks.getByRole('row', { name: /^load.*Success/ }).waitFor();
  const panel = page.getByRole('region', { name: 'check', exact: true });
  await panel.getByText('The log is shown as it is now.').waitFor();
  await expect.poll(() => panel.getByRole('log').textContent()).toContain('no good');
  await expectClean(page);
  await page.goto(`${path}?view=graph&at=${at}`);
  await page
    .getByRole('group', { name: /^Graph of tasks/ })
    .getByRole('button', { name: /^check.*Running/ })
    .waitFor();
  await page.goto(`${path}?view=events&at=${at}`);
  const events = page.getByRole('table', { name: 'Events' });
  await events.getByRole('row', { name: /check/ }).last().waitFor();
  expect(await events.getByText('Failed').count()).toBe(0);
  await page.goto(`${path}?at=${at}&task=report`);
  await page.getByText('This task had no attempt at that moment.').waitFor();
});

it('says where the record begins when it is asked for what was before', async () => {
  await page.goto(`${path}?at=0`);
  await page.getByText('That moment cannot be shown').waitFor();
  await page.getByText(/Its record begins with event \d+/).waitFor();
  await expectClean(page);
  await page.getByRole('link', { name: 'Back to now' }).click();
  await expect.poll(head).toContain('Failed');
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto(`${path}?at=end`);
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByRole('slider', { name: '运行的时刻' }).waitFor();
  await narrow.page.getByText('当时的样子').waitFor();
  await expectClean(narrow.page);
  await narrow.page.getByRole('link', { name: '回到现在' }).click();
  await narrow.page.getByRole('link', { name: '回看' }).waitFor();
  await expectClean(narrow.page);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors.filter((error) => !error.includes('404'))).toEqual([]);
});
