/** Schedules in the browser: one is written with its expression wrong and then right, switched, paused, run and changed. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
  const { client } = server;
  await client.projects.create({ name: 'reports' });
  await client.workflows.create('reports', {
    name: 'load',
    params: [{ name: 'region', type: 'string', value: 'eu' }],
    tasks: [{ name: 'fetch', type: 'noop' }],
  });
  await client.workflows.online('reports', 'load');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const theSchedule = async () => (await server.client.schedules.list()).items[0]!;

it('an expression is refused while it is written, with its wrong field underlined, and told in words once it is right', async () => {
  await page.goto('/schedules');
  await page.getByText('No schedule yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('main').getByRole('link', { name: 'New schedule' }).first().click();
  const form = page.getByRole('dialog', { name: 'New schedule' });
  await form.getByLabel('Project').selectOption('reports');
  await form.getByLabel('Workflow', { exact: true }).selectOption('load');
  await form.getByLabel('Name', { exact: true }).fill('nightly');
  await form.getByLabel('Time zone').fill('Europe/Berlin');

  const expression = form.getByLabel('Cron expression');
  await expression.fill('30 25 * * *');
  await form.getByText('25 is no hour').waitFor();
  expect(await form.locator('.under .wrong').textContent()).toBe('25');
  expect(await expression.getAttribute('aria-invalid')).toBe('true');
  await form.getByText('This does not work yet.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the schedule' }).click();
  await form.getByText('25 is no hour').first().waitFor();

  await form.getByRole('button', { name: '25 hour' }).click();
  await form.getByText('0–23. * is each').or(form.getByText('25 is no hour')).first().waitFor();
  await expression.fill('30 2 * * *');
  await form.getByText('At 02:30 every day').waitFor();
  expect(await expression.getAttribute('aria-invalid')).toBeNull();
  const fires = form.getByRole('table', { name: 'Next fire times' });
  expect(await fires.getByRole('row').count()).toBe(6);
  await fires.getByText('02:30').first().waitFor();
  await form.getByText('The policies differ on this day.').first().waitFor();
});

it('what is written is not lost by Escape or by the way back, unless that is meant', async () => {
  const form = page.getByRole('dialog', { name: 'New schedule' });
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await page.keyboard.press('Escape');
  expect(await findViolations(page)).toEqual([]);
  await question.getByRole('button', { name: 'Cancel' }).click();
  await page.goBack();
  await question.getByRole('button', { name: 'Cancel' }).click();
  expect(await form.getByLabel('Cron expression').inputValue()).toBe('30 2 * * *');
});

it('policies are chosen with their meaning beside them, parameters come from the definition, and the same can be copied', async () => {
  const form = page.getByRole('dialog', { name: 'New schedule' });
  await form.locator('summary', { hasText: 'Run beside it' }).click();
  await form
    .getByRole('group', { name: 'While the run before has not ended' })
    .getByText('Skip', { exact: true })
    .click();
  await form.getByText('usual here').waitFor();
  await form.getByLabel('region').fill('us');
  await form.getByText('The same from elsewhere').click();
  const call = form.getByLabel('HTTP');
  await call.getByText('"region":"us"').waitFor();
  expect(await call.textContent()).toContain('/api/v1/projects/reports/workflows/load/schedules');
  expect(await form.getByLabel('Command line').textContent()).toBe(
    "npx vaquita schedules create reports/load nightly --cron '30 2 * * *' --timezone Europe/Berlin --overlap skip --param region=us --online",
  );
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the schedule' }).click();
  await page.getByRole('heading', { name: 'nightly', level: 1 }).waitFor();
  expect(await theSchedule()).toMatchObject({
    name: 'nightly',
    online: true,
    plan: { cron: '30 2 * * *', timezone: 'Europe/Berlin', dst: 'run_once', overlap: { policy: 'skip' } },
    start: { params: { region: 'us' } },
  });
});

it('the DST lab shows both nights under each policy, with the chosen one marked', async () => {
  const lab = page.getByRole('region', { name: 'DST lab' });
  await lab.getByText(/Clocks go forward from 02:00/).waitFor();
  await lab.getByText(/Clocks go back from 03:00/).waitFor();
  expect(await lab.getByText('chosen').count()).toBe(2);
  const skip = lab.locator('.policy').filter({ hasText: 'Skip' }).first();
  await skip.getByText('Nothing fires about this time.').or(skip.getByText('1 fire time')).first().waitFor();
  await lab.getByText('later: clocks jump over this time').first().waitFor();
  await lab.getByText('second of two: clocks were set back').first().waitFor();
  await page.getByText('While a run goes on, the next fire time is left out.').waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('a late answer about an earlier expression changes nothing', async () => {
  const { id } = await theSchedule();
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let asked = 0;
  let answered = 0;
  await page.route('**/api/v1/schedules/preview', async (route) => {
    if (!route.request().postData()?.includes('11 11')) return route.continue();
    asked += 1;
    await held;
    // The page may have given the question up.
    await route.continue().catch(() => undefined);
    answered += 1;
  });
  await page.goto(`/schedules/${id}?edit=1`);
  const form = page.getByRole('dialog', { name: 'Edit nightly' });
  await form.getByText('At 02:30 every day').waitFor();
  await form.getByLabel('Cron expression').fill('11 11 * * *');
  await expect.poll(() => asked).toBeGreaterThan(0);
  await form.getByLabel('Cron expression').fill('22 22 * * *');
  await form.getByText('At 22:22 every day').waitFor();
  release();
  await expect.poll(() => answered).toBe(asked);
  await form.getByText('At 22:22 every day').waitFor();
  expect(await form.getByText('At 11:11').count()).toBe(0);
  await page.unroute('**/api/v1/schedules/preview');

  await form.getByRole('button', { name: 'Save' }).click();
  await form.waitFor({ state: 'detached' });
  await page.getByText('At 22:22 every day').first().waitFor();
  expect((await theSchedule()).plan.cron).toBe('22 22 * * *');
});

it('it is paused, goes on, is run now, and the run leads back to it', async () => {
  await page.getByRole('button', { name: 'Pause…' }).click();
  const pause = page.getByRole('dialog', { name: 'Pause nightly' });
  await pause.getByLabel('For how long').selectOption('Until…');
  await pause.getByRole('button', { name: 'Pause the schedule' }).click();
  await pause.getByText('A time is needed').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await pause.getByLabel('For how long').selectOption('1 week');
  await pause.getByRole('button', { name: 'Pause the schedule' }).click();
  await page.getByText('Paused', { exact: true }).waitFor();
  await page
    .getByText(/skipped: paused/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'End the pause' }).click();
  await page.getByRole('button', { name: 'Pause…' }).waitFor();

  await page.getByRole('button', { name: 'Run now' }).click();
  const question = page.getByRole('dialog', { name: 'Start a run of nightly now?' });
  await question.getByRole('button', { name: 'Start the run' }).click();
  await page.getByRole('heading', { name: /load/, level: 1 }).waitFor();
  await page.getByText('Started by').waitFor();
  await page.locator('dd').filter({ hasText: 'schedule' }).getByRole('link').click();
  await page.getByRole('heading', { name: 'nightly', level: 1 }).waitFor();
});

it('fire times leave records: a run with the way to it', async () => {
  const { client } = server;
  const often = await client.schedules.create('reports', 'load', {
    name: 'often',
    plan: { every: '1s' },
    online: true,
  });
  await page.goto(`/schedules/${often.id}`);
  const records = page.getByRole('table', { name: 'Fire times so far' });
  await records.getByText('Run', { exact: true }).first().waitFor();
  await page.getByRole('switch', { name: 'Online' }).click();
  await page.getByText('It is offline: nothing fires.').waitFor();
  expect((await client.schedules.get(often.id)).online).toBe(false);
  expect(await findViolations(page)).toEqual([]);
  await records.getByRole('link', { name: 'To the run' }).first().click();
  await page.locator('dd').getByRole('link', { name: 'often' }).waitFor();
});

it('the list narrows by its filters, switches each, and is walked by keys; the workflow tells of its schedules', async () => {
  await page.goto('/schedules');
  const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
  await row('nightly').locator('.when').getByText('At 22:22 every day').waitFor();
  await row('often').getByRole('switch', { name: 'often: online' }).click();
  await expect
    .poll(async () => (await server.client.schedules.list()).items.map(({ online }) => online))
    .toEqual([true, true]);
  await row('often').getByRole('switch', { name: 'often: online', checked: true }).click();
  await row('often').getByRole('switch', { name: 'often: online', checked: false }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('often');
  await page.getByRole('link', { name: 'Offline', exact: true }).click();
  await row('nightly').waitFor({ state: 'detached' });
  await row('often').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.getByRole('link', { name: 'load', exact: true }).first().click();
  const card = page.getByRole('region', { name: 'Schedules' });
  await card.getByRole('link', { name: 'nightly' }).waitFor();
  await card.getByText('At 22:22 every day').waitFor();
  await card.getByRole('link', { name: 'Add one' }).click();
  await page.getByRole('dialog', { name: 'New schedule' }).getByLabel('region').waitFor();
});

it('a schedule is deleted by name', async () => {
  const often = (await server.client.schedules.list()).items.find(({ name }) => name === 'often')!;
  await page.goto(`/schedules/${often.id}`);
  await page.getByRole('button', { name: 'Delete often' }).click();
  const question = page.getByRole('dialog', { name: 'Delete schedule often?' });
  await question.getByRole('button', { name: 'Delete the schedule' }).click();
  await page.getByRole('link', { name: 'nightly' }).waitFor();
  expect((await server.client.schedules.list()).items.map(({ name }) => name)).toEqual(['nightly']);
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  const { id } = await theSchedule();
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto('/schedules');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  for (const [path, text] of [
    ['/schedules', '每天 22:22'],
    ['/schedules?create=1', '每天 02:30'],
    [`/schedules/${id}`, '夏令时实验室'],
    [`/schedules/${id}?edit=1`, '接下来的触发时间'],
  ] as const) {
    if (path !== '/schedules') await narrow.page.goto(path);
    await narrow.page.getByText(text).first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b(400|409)\b/.test(error))).toEqual([]);
});
