/** Environments and secrets in the browser: made, used by a run, shown with who uses them, and never with a value. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { logOf, taskOf, waitForRun } from '../support/runs.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

const VALUE = 'kwyjibo-4711-zarniwoop';

let desk: Desk;
let server: TestServer;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, page } = desk);
  await server.client.projects.create({ name: 'ui' });
  const script = 'echo "region=$REGION end=${TOKEN##*-}"; echo "all $TOKEN"';
  await server.client.workflows.create('ui', { name: 'greet', tasks: [{ name: 'a', type: 'shell', script }] });
  await server.client.workflows.online('ui', 'greet');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('a secret is made, and its value is nowhere to be seen', async () => {
  await page.goto('/secrets');
  await page.getByText('No secret yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'New secret' }).first().click();
  const form = page.getByRole('dialog', { name: 'New secret' });
  await form.getByLabel('Name', { exact: true }).fill('token');
  await form.getByLabel('Value', { exact: true }).fill(VALUE);
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the secret' }).click();
  await page.getByRole('table', { name: 'Secrets' }).getByRole('link', { name: 'token' }).click();
  const detail = page.getByRole('dialog', { name: 'token' });
  await detail.getByText('Nothing uses it.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await detail.getByRole('link', { name: 'Replace the value' }).click();
  const edit = page.getByRole('dialog', { name: 'Replace the value of token' });
  expect(await edit.getByLabel('Value', { exact: true }).inputValue()).toBe('');
  expect(await page.content()).not.toContain(VALUE);
  await edit.getByRole('button', { name: 'Cancel' }).click();
});

it('an environment names it, what is wrong is said at its place, and a run is started with it', async () => {
  await page.goto('/environments?create=1');
  const form = page.getByRole('dialog', { name: 'New environment' });
  await form.getByLabel('Name', { exact: true }).fill('prod');
  await form.getByRole('button', { name: 'Add a variable' }).click();
  await form.getByLabel('Name of variable 1').fill('1REGION');
  await form.getByLabel('Value of 1REGION', { exact: true }).fill('eu');
  await form.getByRole('button', { name: 'Add a variable' }).click();
  await form.getByLabel('Name of variable 2').fill('TOKEN');
  await form.getByLabel('Where the value of TOKEN comes from').selectOption('secret');
  await form.getByLabel('Secret of TOKEN').selectOption('token');
  await form.getByRole('button', { name: 'Create the environment' }).click();
  await form.getByText('begins with no digit').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await form.getByLabel('Name of variable 1').fill('REGION');
  await form.getByRole('button', { name: 'Create the environment' }).click();
  const row = page
    .getByRole('table', { name: 'Environments' })
    .getByRole('row', { name: /prod.*All projects.*2 variables/ });
  await row.waitFor();
  expect(await findViolations(page)).toEqual([]);

  await page.goto('/p/ui/workflows/greet?start=1');
  const sheet = page.getByRole('dialog', { name: 'Run greet' });
  await sheet.getByText('How to run it').click();
  await sheet.getByLabel('Environment').selectOption('prod');
  await sheet.getByRole('button', { name: 'Start the run' }).click();
  await page.waitForURL(/\/runs\//);
  const run = { id: new URL(page.url()).pathname.split('/').at(-1)! };
  await waitForRun(server.client, run as never, 'success');
  const log = await logOf(server.client, await taskOf(server.client, run as never, 'a'));
  expect(log).toContain('region=eu end=zarniwoop');
  expect(log).toContain('all ***');
});

it('what is used says by whom and stays; what is not used goes', async () => {
  const { id } = await server.client.environments.get('prod');
  const script = 'true';
  await server.client.workflows.create('ui', {
    name: 'user',
    tasks: [{ name: 'a', type: 'shell', script, environment: 'prod' }],
  });
  await page.goto(`/environments?show=${id}`);
  const detail = page.getByRole('dialog', { name: 'prod' });
  await detail.getByRole('link', { name: 'ui / user' }).waitFor();
  await detail.getByText('secret “token”').waitFor();
  expect(await detail.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
  expect(await findViolations(page)).toEqual([]);
  await page.goto('/secrets');
  await page.getByRole('table', { name: 'Secrets' }).getByRole('link', { name: 'token' }).click();
  await page.getByRole('dialog', { name: 'token' }).getByRole('link', { name: 'prod' }).waitFor();

  await server.client.workflows.delete('ui', 'user');
  await page.goto(`/environments?show=${id}`);
  await detail.getByRole('button', { name: 'Delete' }).click();
  const ask = page.getByRole('dialog', { name: 'Delete prod?' });
  await ask.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No environment yet').waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await server.client.environments.create({ name: 'prod', variables: [{ name: 'REGION', value: 'eu' }] });
  await using narrow = await desk.browser.open(server.url, {
    ...{ mode: 'dark', width: 320, height: 800, locale: 'zh-CN', still: true },
  });
  await narrow.page.goto('/environments');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByRole('table', { name: '环境' }).waitFor();
  for (const path of ['/environments', '/environments?create=1', '/secrets', '/secrets?create=1']) {
    await narrow.page.goto(path);
    await narrow.page
      .getByRole(path.includes('create') ? 'dialog' : 'table')
      .first()
      .waitFor();
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
    expect(await findViolations(narrow.page)).toEqual([]);
  }
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b(400|409)\b/.test(error))).toEqual([]);
});
