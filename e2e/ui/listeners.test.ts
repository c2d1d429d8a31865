/** Listeners in the browser: a plugin is uploaded and trusted, a listener of it is made, held up, and helped on. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

/** It takes everything but new workflows. */
const PLUGIN = `
export default {
  name: 'picky',
  title: 'Picky listener',
  version: '1.0.0',
  settings: {
    type: 'object',
    required: ['greeting'],
    properties: { greeting: { type: 'string', title: 'Greeting' }, token: { type: 'string', writeOnly: true } },
  },
  onEvent(event, { settings, log }) {
    log('warn', settings.greeting + ' ' + event.type);
    if (event.type === 'workflow.added') throw new Error('no room for it');
  },
};
`;

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const card = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, level: 2, exact: true }) });

const upload = (code: string) => ({ name: 'picky.mjs', mimeType: 'text/javascript', buffer: Buffer.from(code) });

it('a file becomes a plugin that runs only when somebody trusts it', async () => {
  await page.goto('/listeners');
  await page.getByText('No listener yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'To the plugins' }).click();
  await card('Log file').getByText('Comes with the server').waitFor();
  await page.getByRole('link', { name: 'Install a plugin' }).click();
  const form = page.getByRole('dialog', { name: 'Install a plugin' });
  await form.getByRole('button', { name: 'Install' }).click();
  await form.getByText('Choose a file').waitFor();
  await form.getByLabel('File', { exact: true }).setInputFiles(upload('export default 7;'));
  await form.getByRole('button', { name: 'Install' }).click();
  await form.getByRole('alert').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await form.getByLabel('File', { exact: true }).setInputFiles(upload(PLUGIN));
  await form.getByRole('button', { name: 'Install' }).click();
  await card('Picky listener').getByText('Not enabled').waitFor();

  await card('Picky listener').getByRole('button', { name: 'Enable' }).click();
  const question = page.getByRole('dialog', { name: 'Run the code of Picky listener on the server?' });
  await question.getByText('Enable only code that you trust.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await question.getByRole('button', { name: 'I trust it: enable' }).click();
  await card('Picky listener').getByRole('button', { name: 'Disable' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('a listener of it is made with the form of its schema', async () => {
  await page.goto('/listeners?create=1');
  const form = page.getByRole('dialog', { name: 'New listener' });
  await form.getByLabel('Plugin').selectOption('Picky listener');
  await form.getByLabel('Name', { exact: true }).fill('watch');
  await form.getByRole('button', { name: 'It hears of: None' }).click();
  await form.getByRole('button', { name: 'Create the listener' }).click();
  await form.getByText('Choose at least one').waitFor();
  await form.getByText('A value is needed').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'It hears of: All' }).click();
  await form.getByLabel('Greeting').fill('heard');
  await form.getByLabel('token').fill('quite secret');
  await form.getByRole('button', { name: 'Create the listener' }).click();
  await page.getByRole('link', { name: 'watch' }).waitFor();
  expect(await server.client.listeners.get('watch')).toMatchObject({
    settings: { greeting: 'heard' },
    hasSecret: ['token'],
  });
});

it('an event that fails holds it up and says why; tried in vain, it is skipped, and the next ones come', async () => {
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', { name: 'orders', tasks: [{ name: 'load', type: 'noop' }] });
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'watch' }) });
  await row.getByText('Blocked').waitFor();
  await row.getByText('no room for it').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await row.getByRole('link', { name: 'watch' }).click();

  const blocked = page.getByRole('region', { name: 'Blocked by an event' });
  await blocked.getByText('no room for it').waitFor();
  await page.getByRole('log', { name: 'Its log' }).getByText('heard workflow.added').first().waitFor();
  await blocked.getByRole('button', { name: 'Try now' }).click();
  await page.getByText('It is tried now.').waitFor();
  await page.getByRole('link', { name: 'Failed', exact: true }).click();
  await page.getByRole('list', { name: 'Events: Failed' }).getByText('no room for it').waitFor();
  expect(await findViolations(page)).toEqual([]);

  await blocked.getByRole('button', { name: 'Skip this event' }).click();
  const question = page.getByRole('dialog', { name: /^Skip event/ });
  await question.getByText('stands in the audit log').waitFor();
  await question.getByRole('button', { name: 'Skip the event' }).click();
  await page.getByText('Up to date').waitFor();
  await blocked.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Skipped', exact: true }).click();
  await page.getByText('skipped by admin').waitFor();
  await page.getByRole('link', { name: 'Delivered', exact: true }).click();
  await page.getByRole('list', { name: 'Events: Delivered' }).getByText('is added').waitFor();
  const { delivery } = await client.listeners.get('watch');
  expect(delivery).toMatchObject({ skipped: 1, blocked: null });
});

it('a plugin that is used is not uninstalled; without its listener it is', async () => {
  await page.goto('/listeners/plugins');
  await card('Picky listener').getByRole('button', { name: 'Uninstall Picky listener' }).click();
  const question = page.getByRole('dialog', { name: 'Uninstall Picky listener?' });
  await question.getByRole('button', { name: 'Uninstall' }).click();
  await question.getByText(/watch/).waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();

  await card('Picky listener').getByRole('link', { name: 'watch' }).click();
  await page.getByRole('switch', { name: 'On' }).click();
  const off = page.getByRole('dialog', { name: 'Switch watch off?' });
  await off.getByRole('button', { name: 'Switch it off' }).click();
  await page.getByRole('switch', { name: 'Off' }).waitFor();
  await page.getByRole('button', { name: 'Delete watch' }).click();
  const gone = page.getByRole('dialog', { name: 'Delete listener watch?' });
  await gone.getByRole('button', { name: 'Delete the listener' }).click();
  await page.getByText('No listener yet').waitFor();

  await page.goto('/listeners/plugins');
  await card('Picky listener').getByRole('button', { name: 'Uninstall Picky listener' }).click();
  await question.getByRole('button', { name: 'Uninstall' }).click();
  await card('Picky listener').waitFor({ state: 'detached' });
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  const eventTypes = ['workflow.added'] as const;
  await server.client.listeners.create({ name: 'journal', plugin: 'log-file', eventTypes: [...eventTypes] });
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto('/listeners');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  for (const [path, text] of [
    ['/listeners', '已是最新'],
    ['/listeners?create=1', '监听内容'],
    ['/listeners/journal', '没有等待的事件。'],
    ['/listeners/plugins', '随服务器提供'],
  ] as const) {
    if (path !== '/listeners') await narrow.page.goto(path);
    await narrow.page.getByText(text).first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b(400|409)\b/.test(error))).toEqual([]);
});
