/** What else a run shows: its logs as one, its text, what went in and came out, and how it differs from another; and doing parts of it again. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForRun } from '../support/runs.ts';
import { createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
let scratch: Scratch;
let good: string;
let bad: string;

beforeAll(async () => {
  scratch = createScratch();
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', {
    name: 'sums',
    params: [{ name: 'exit', type: 'integer', value: '0' }],
    tasks: [
      {
        name: 'load',
        type: 'shell',
        script: `echo "loading"; echo "::set-output rows=12"`,
        outputs: [{ name: 'rows', type: 'integer' }],
      },
      { name: 'check', type: 'shell', script: `echo "checking"; exit \${exit}`, dependsOn: ['load'] },
      { name: 'report', type: 'shell', script: 'echo done', dependsOn: ['check'] },
    ],
  });
  await client.workflows.create('ui', {
    name: 'slow',
    tasks: [{ name: 'talks', type: 'shell', script: `echo first; ${waitAt(scratch, 'gate')}; echo second` }],
  });
  for (const name of ['sums', 'slow']) await client.workflows.online('ui', name);
  good = (await client.workflows.start('ui', 'sums')).id;
  await waitForRun(client, { id: good }, 'success');
  bad = (await client.workflows.start('ui', 'sums', { params: { exit: '4' } })).id;
  await waitForRun(client, { id: bad }, 'failure');
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  scratch?.[Symbol.dispose]();
});

const region = (name: string) => page.getByRole('region', { name, exact: true });
const head = () => page.locator('h1 + *').textContent();

async function expectClean(on: Page): Promise<void> {
  expect(await findViolations(on)).toEqual([]);
  expect(await overflow(on)).toBeLessThanOrEqual(0);
}

it('shows the logs of a run as one, each line led by its task', async () => {
  await page.goto(`/p/ui/runs/${bad}`);
  await page.getByRole('link', { name: 'Log', exact: true }).click();
  await expect.poll(() => region('Log').textContent()).toContain('load  │ loading');
  expect(await region('Log').textContent()).toContain('check │ checking');
  await expectClean(page);
  await region('Log').getByRole('link', { name: 'load' }).click();
  await region('load').waitFor();
});

it('follows the logs while the run goes on', async () => {
  const run = await server.client.workflows.start('ui', 'slow');
  await page.goto(`/p/ui/runs/${run.id}?view=log`);
  await expect.poll(() => region('Log').textContent()).toContain('talks │ first');
  scratch.open('gate');
  await expect.poll(() => region('Log').textContent()).toContain('talks │ second');
});

it('shows the text of its version, and what went in and came out', async () => {
  await page.goto(`/p/ui/runs/${good}`);
  await page.getByRole('link', { name: 'YAML', exact: true }).click();
  await page.getByText('checking').first().waitFor();
  await expectClean(page);
  await page.getByRole('link', { name: 'Parameters', exact: true }).click();
  await page.getByText('Outputs of all tasks (1)').click();
  await page.getByText('load.rows').waitFor();
  await expectClean(page);
});

it('compares a run with the last one that succeeded, or with one that is chosen', async () => {
  await page.goto(`/p/ui/runs/${bad}`);
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  const runs = page.getByRole('table', { name: 'The two runs' });
  await runs.getByRole('row', { name: /exit 4 –/ }).waitFor();
  const tasks = page.getByRole('table', { name: 'Tasks that differ' });
  await tasks
    .getByRole('row', { name: /check Failed Success/ })
    .or(tasks.getByRole('row', { name: /check Failed .*Success/ }))
    .waitFor();
  await tasks.getByRole('row', { name: /report Blocked/ }).waitFor();
  await expectClean(page);
  await page.getByLabel('show all 3 tasks').check();
  await tasks.getByRole('row', { name: /load Success/ }).waitFor();
  await page.getByRole('combobox', { name: 'Compare with' }).selectOption(good);
  await page.waitForURL(`**with=${good}*`);
});

it('leads to the runs before and after it, in the same view', async () => {
  await page.goto(`/p/ui/runs/${good}?view=log`);
  await page.getByRole('link', { name: 'The run after · #2 · Failed' }).click();
  await page.waitForURL(`**/runs/${bad}?view=log`);
  expect(await page.getByRole('button', { name: 'The run after' }).isDisabled()).toBe(true);
  await page.getByRole('link', { name: 'The run before · #1 · Success' }).waitFor();
  await page.keyboard.press('[');
  await page.waitForURL(`**/runs/${good}?view=log`);
});

it('does several tasks again, with another parameter', async () => {
  await page.goto(`/p/ui/runs/${bad}`);
  await page.getByRole('button', { name: 'Run again from…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Run again from some tasks' });
  const tasks = dialog.getByLabel('Tasks');
  // What failed is chosen already.
  await expect.poll(() => tasks.locator('option:checked').allTextContents()).toEqual(['check']);
  await dialog.getByText('1 task and 1 task after them').waitFor();
  await tasks.selectOption([]);
  await dialog.getByRole('button', { name: 'Run again' }).click();
  await dialog.getByText('Choose at least one task.').waitFor();
  await expectClean(page);
  await tasks.selectOption(['check', 'load']);
  await dialog.getByLabel('exit').fill('0');
  await dialog.getByRole('button', { name: 'Run again' }).click();
  await expect.poll(head).toContain('Success');
  const { items } = await server.client.instances.tasks(bad);
  expect(items.filter(({ name, current }) => current && name === 'load').map(({ attempt }) => attempt)).not.toEqual([]);
  expect((await server.client.instances.get(bad)).params).toMatchObject({ exit: '0' });
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto(`/p/ui/runs/${bad}?view=log`);
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByText('check │ checking').waitFor();
  await expectClean(narrow.page);
  await narrow.page.goto(`/p/ui/runs/${bad}?view=compare`);
  await narrow.page.getByRole('table', { name: '两次运行' }).waitFor();
  await expectClean(narrow.page);
  await narrow.page.goto(`/p/ui/runs/${bad}?view=source`);
  await narrow.page.getByText('checking').first().waitFor();
  await expectClean(narrow.page);
  await narrow.page.getByRole('button', { name: '从部分任务重新运行…' }).click();
  await narrow.page.getByRole('dialog', { name: '从部分任务重新运行' }).getByLabel('exit').waitFor();
  await expectClean(narrow.page);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors).toEqual([]);
});
