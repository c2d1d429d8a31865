/** Backfills in the browser: planned, started, watched, steered and called off. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScratch } from '../support/scratch.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
const scratch = createScratch();
/** Address of the backfill that is made here. */
let address = '';

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'etl' });
  // Nobody works for that group: its runs wait for as long as a test looks at them.
  await client.workflows.create('etl', {
    name: 'orders',
    tasks: [{ name: 'load', type: 'shell', workerGroup: 'nobody', script: 'true' }],
  });
  await client.workflows.create('etl', {
    name: 'report',
    tasks: [{ name: 'wait', type: 'dependent', on: { workflow: 'orders', range: 'today' } }],
  });
  await client.workflows.create('etl', { name: 'quick', tasks: [{ name: 'mark', type: 'noop' }] });
  await client.workflows.create('etl', {
    name: 'import',
    tasks: [{ name: 'read', type: 'shell', script: `test -e '${scratch.path('delivery')}'` }],
  });
  for (const name of ['orders', 'report', 'quick', 'import']) await client.workflows.online('etl', name);
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const count = (word: string) => page.getByRole('link', { name: word });

it('the plan says what would be run before anything is', async () => {
  await page.goto('/backfills');
  await page.getByText('No backfill yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.goto('/p/etl/workflows/orders');
  await page.getByRole('link', { name: 'Backfill', exact: true }).click();
  await page.getByRole('heading', { name: 'New backfill', level: 1 }).waitFor();
  await page.getByLabel('From', { exact: true }).fill('2026-03-05');
  await page.getByLabel('To', { exact: true }).fill('2026-03-01');
  // Impossible: said at the field.
  await page.locator('[aria-invalid="true"]').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByLabel('From', { exact: true }).fill('2026-02-27');
  await page.getByLabel('To', { exact: true }).fill('2026-03-03');
  await page.getByRole('button', { name: 'Start 4 runs' }).waitFor();
  await page.getByLabel('Also what depends on it').check();
  await page.getByRole('button', { name: 'Start 8 runs' }).waitFor();
  const levels = page.getByRole('region', { name: 'In this order, for each time' });
  await levels.getByText('after orders').waitFor();
  await page.getByText('The same from elsewhere').click();
  await page.getByText('npx vaquita backfill start etl/orders --from 2026-02-27').waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect((await server.client.backfills.list()).items).toEqual([]);
});

it('a range of more runs than there may be is refused with the number and the limit', async () => {
  await page.getByLabel('Every', { exact: true }).selectOption('Hour');
  await page.getByLabel('From', { exact: true }).fill('2016-01-01T00:00');
  await page.getByText('at most 10000').first().waitFor();
  expect(await page.getByRole('button', { name: 'Start', exact: true }).count()).toBe(0);
  await page.getByLabel('Every', { exact: true }).selectOption('Day');
  await page.getByLabel('From', { exact: true }).fill('2026-02-27');
});

it('it is started, and each of its runs is a cell that can be walked to', async () => {
  await page.getByRole('button', { name: 'Start 8 runs' }).click();
  await page.getByRole('heading', { name: 'orders', level: 1 }).waitFor();
  address = new URL(page.url()).pathname;
  await count('Running 1').waitFor();
  await count('Waiting 7').waitFor();
  expect(await findViolations(page)).toEqual([]);
  const grid = page.getByRole('grid', { name: 'Business times and workflows' });
  await grid.getByRole('link', { name: 'Feb 27, 2026 · orders · Running' }).focus();
  const chosen = page.getByRole('region', { name: 'Chosen' });
  await page.keyboard.press('ArrowDown');
  await chosen.getByText('report').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  // From the last day of a month into the next.
  await chosen.getByText('Mar 1, 2026').waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('PageUp');
  await page.keyboard.press('ArrowUp');
  await chosen.getByText('Feb 27, 2026').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/p\/etl\/runs\//);
  await page.goto(`${address}?state=waiting`);
  await page.getByRole('grid').waitFor();
  expect(await page.locator('[data-at]').count()).toBe(7);
});

it('it is paused, widened, resumed and cancelled, and says who did what', async () => {
  await page.goto(address);
  await page.getByRole('button', { name: 'Pause' }).click();
  const pause = page.getByRole('dialog', { name: 'Pause this backfill?' });
  expect(await findViolations(page)).toEqual([]);
  await pause.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Change' }).click();
  const form = page.getByRole('dialog', { name: 'Change the backfill' });
  await form.getByLabel('Runs at once').fill('0');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByLabel('Runs at once').fill('3');
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  await count('Running 1').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await count('Running 3').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  const cancel = page.getByRole('dialog', { name: /^Cancel \d runs/ });
  await cancel.getByRole('checkbox').check();
  expect(await findViolations(page)).toEqual([]);
  await cancel.getByRole('button', { name: 'Cancel the backfill' }).click();
  await page.getByText('Cancelled', { exact: true }).first().waitFor();
  const history = page.getByRole('region', { name: 'Who did what' });
  for (const what of ['started it', 'paused it', 'changed it', 'had it go on', 'cancelled it']) {
    await history.getByText(what).waitFor();
  }
  expect(await findViolations(page)).toEqual([]);
});

it('times of a list are run to the end, and skipped the next time', async () => {
  await page.goto('/backfills/new?project=etl&workflow=quick');
  await page.getByRole('radio', { name: 'A list' }).check();
  await page.getByLabel('Times', { exact: true }).fill('2026-03-01\n2026-03-05T06:00');
  await page.getByRole('button', { name: 'Start 2 runs' }).click();
  await page.getByText('Done', { exact: true }).waitFor();
  await count('Succeeded 2').waitFor();
  await page.goto('/backfills/new?project=etl&workflow=quick');
  await page.getByRole('radio', { name: 'A list' }).check();
  await page.getByLabel('Times', { exact: true }).fill('2026-03-01');
  await page.getByText('Nothing is to be run').waitFor();
  expect(await page.getByRole('button', { name: 'Start', exact: true }).isDisabled()).toBe(true);
  await page.goto('/backfills');
  await page.getByRole('row').filter({ hasText: 'quick' }).getByText('2 of 2').last().waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('what has failed is tried again once its reason is gone, each with a new run', async () => {
  await page.goto('/backfills/new?project=etl&workflow=import');
  await page.getByLabel('From', { exact: true }).fill('2026-03-01');
  await page.getByLabel('To', { exact: true }).fill('2026-03-04');
  await page.getByRole('button', { name: 'Start 3 runs' }).click();
  await count('Failed 3').waitFor();
  const made = new URL(page.url()).pathname;
  const runs = async () => (await server.client.backfills.items(made.split('/').at(-1)!)).items;
  const before = new Set((await runs()).map((item) => item.run?.id));

  scratch.open('delivery');
  await page.getByRole('button', { name: 'Retry 3 failed' }).click();
  const question = page.getByRole('dialog', { name: 'Try 3 failed runs again?' });
  expect(await findViolations(page)).toEqual([]);
  await question.getByRole('button', { name: 'Retry 3 failed' }).click();
  await count('Succeeded 3').waitFor();
  await page.getByText('Done', { exact: true }).first().waitFor();
  await page.getByRole('region', { name: 'Who did what' }).getByText('had what failed tried again').waitFor();
  expect(await page.getByRole('button', { name: /^Retry/ }).count()).toBe(0);
  const after = await runs();
  expect(after.map(({ state }) => state)).toEqual(['success', 'success', 'success']);
  expect(after.some((item) => before.has(item.run?.id))).toBe(false);
});

it('the page of a schedule leads to its gaps, of which those are run that have no run yet', async () => {
  const { client } = server;
  const plan = { cron: '0 6 * * *', timezone: 'UTC' };
  const { id } = await client.schedules.create('etl', 'quick', { name: 'mornings', plan });
  await client.backfills.start({
    ...{ project: 'etl', workflow: 'quick' },
    times: { kind: 'list', times: ['2026-03-11T06:00:00Z'] },
  });
  await page.goto(`/schedules/${id}`);
  await page.getByRole('link', { name: 'Fill the gaps' }).click();
  await page.getByRole('heading', { name: 'New backfill', level: 1 }).waitFor();
  for (const [label, chosen] of [
    ['Workflow', 'quick'],
    ['Schedule', 'mornings'],
  ] as const) {
    await expect.poll(() => page.getByLabel(label, { exact: true }).inputValue()).toBe(chosen);
  }
  await page.getByLabel('From', { exact: true }).fill('2026-03-10');
  await page.getByLabel('To', { exact: true }).fill('2026-03-13');
  await page.getByRole('button', { name: 'Start 2 runs' }).click();
  await count('Succeeded 2').waitFor();
  const [made] = (await client.backfills.list({ project: 'etl', workflow: 'quick' })).items;
  const { items } = await client.backfills.items(made!.id);
  expect(items.map(({ businessTime }) => businessTime)).toEqual([
    '2026-03-10T06:00:00.000Z',
    '2026-03-12T06:00:00.000Z',
  ]);

  await page.goto(`/schedules/${id}`);
  await page.getByRole('link', { name: 'Fill the gaps' }).click();
  await page.getByLabel('From', { exact: true }).fill('2026-03-10');
  await page.getByLabel('To', { exact: true }).fill('2026-03-13');
  await page.getByText('There is nothing to run: no time is left of it').first().waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/');
  for (const [path, text] of [
    ['/backfills', '新建回填'],
    ['/backfills/new?project=etl&workflow=orders', '针对哪些业务时间'],
    [address, '操作记录'],
  ] as const) {
    await narrow.page.goto(path);
    await narrow.page.getByText(text).first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b(400|409|422)\b/.test(error))).toEqual([]);
});
