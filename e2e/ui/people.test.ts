/** Who may do what and who has done it, in the browser. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { findViolations, launchBrowser, overflow } from './browser.ts';
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

it('a user is made with a one-time password, chooses another one, and is out at once when disabled', async () => {
  await page.goto('/users');
  await page
    .getByRole('table', { name: 'Users' })
    .getByRole('row', { name: /admin.*Administrator/ })
    .waitFor();
  await page.getByRole('link', { name: 'New user' }).click();
  const form = page.getByRole('dialog', { name: 'New user' });
  await form.getByLabel('Name').fill('ann');
  await form.getByRole('radio', { name: /^Operator/ }).check();
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the user' }).click();
  const made = page.getByRole('dialog', { name: 'ann' });
  const oneTime = (await made.getByLabel('One-time password').innerText()).trim();
  await made.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('row', { name: /ann.*Operator.*Not signed in yet/ }).waitFor();
  expect(await findViolations(page)).toEqual([]);

  await using other = await desk.browser.open(server.url, { still: true });
  const ann = other.page;
  await ann.goto('/runs?state=failure');
  await ann.getByLabel('Name').fill('ann');
  await ann.getByLabel('Password').fill(oneTime);
  await ann.getByRole('button', { name: 'Sign in' }).click();
  await ann.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
  expect(await findViolations(ann)).toEqual([]);
  await ann.getByLabel('The password you have now').fill(oneTime);
  await ann.getByLabel('The new password').fill('wind over water');
  await ann.getByRole('button', { name: 'Change the password' }).click();
  // Where ann wanted to go before signing in.
  await ann.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  await ann.waitForURL(({ search }) => search.includes('state=failure'));

  // What ann prefers is kept with ann; tokens are made for less.
  await ann.goto('/me');
  await ann.getByRole('combobox', { name: 'Rows' }).selectOption('compact');
  await ann.getByRole('combobox', { name: 'Theme' }).selectOption('dark');
  const mine = async () =>
    (await server.client.audit.list({ actor: 'ann', action: 'preferences.update' })).items.length;
  await eventually('both to be kept', async () => ((await mine()) === 2 ? true : undefined));
  expect(await findViolations(ann)).toEqual([]);
  await ann.setViewportSize({ width: 320, height: 800 });
  expect(await overflow(ann)).toBeLessThanOrEqual(0);
  await ann.getByRole('button', { name: 'New token' }).click();
  const token = ann.getByRole('dialog', { name: 'New API token' });
  await token.getByLabel('Name').fill('nightly');
  await token.getByRole('checkbox', { name: 'Operate' }).uncheck();
  expect(await token.getByRole('checkbox', { name: 'Edit' }).count()).toBe(0);
  await token.getByRole('button', { name: 'Create the token' }).click();
  await token.getByText('Copy it now').waitFor();
  const { items } = await server.client.tokens.list();
  expect(items.find(({ name }) => name === 'nightly')).toMatchObject({ scopes: ['view'], userName: 'ann' });

  await page.getByRole('link', { name: 'ann' }).click();
  const panel = page.getByRole('dialog', { name: 'ann' });
  await panel.getByText('Chrome').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await panel.getByRole('radio', { name: /^Editor/ }).check();
  await panel.getByRole('button', { name: 'Save the role' }).click();
  await page.getByText('The role of ann is changed.').waitFor();
  await panel.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog', { name: 'Disable ann?' }).getByRole('button', { name: 'Disable' }).click();
  await panel.getByRole('button', { name: 'Enable' }).waitFor();
  await ann.goto('/runs');
  await ann.getByRole('heading', { name: 'Sign in' }).waitFor();
  await ann.getByLabel('Name').fill('ann');
  await ann.getByLabel('Password').fill('wind over water');
  await ann.getByRole('button', { name: 'Sign in' }).click();
  await ann.getByText('This user is disabled').waitFor();
});

it('the table of roles says what the server holds requests to', async () => {
  await page.goto('/roles');
  const row = page.getByRole('row', { name: /^Operate/ });
  await row.waitFor();
  expect((await row.getByRole('cell').allInnerTexts()).map((text) => text.trim())).toEqual(['no', 'yes', 'yes', 'yes']);
  await row.getByText('requests that need it').click();
  await row.getByText('Start a workflow').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
});

it('who tries too often is told when another try is possible', async () => {
  await using other = await desk.browser.open(server.url, { still: true });
  const guess = other.page;
  await guess.goto('/login');
  for (let i = 0; i < 8; i++) {
    await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'eve', password: 'wrong' }),
    });
  }
  await guess.getByLabel('Name').fill('eve');
  await guess.getByLabel('Password').fill('wrong');
  await guess.getByRole('button', { name: 'Sign in' }).click();
  await guess.getByText(/Another one is possible in [0-5]:\d\d/).waitFor();
  expect(await guess.getByRole('button', { name: 'Sign in' }).isDisabled()).toBe(true);
  expect(await findViolations(guess)).toEqual([]);
});

it('a new server is set up with the link it prints, once, and runs an example', async () => {
  await using fresh = await startTestServer({
    embeddedWorker: true,
    examples: true,
    env: { VAQUITA_ADMIN_PASSWORD: '', VAQUITA_ADMIN_TOKEN: '' },
  });
  const [, path] = await eventually('the link', () => /(\/setup#\w+)/.exec(fresh.log()) ?? undefined, {
    evidence: fresh.log,
  });
  await using browser = await launchBrowser();
  await using opened = await browser.open(fresh.url, { still: true });
  const visitor = opened.page;
  await visitor.goto(path!);
  await visitor.getByRole('heading', { name: 'Set up this server' }).waitFor();
  expect(await visitor.getByLabel('Set-up code').inputValue()).toBe(path!.split('#')[1]);
  expect(await findViolations(visitor)).toEqual([]);
  await visitor.getByLabel('The new password').fill('wind over water');
  await visitor.getByRole('button', { name: 'Set up' }).click();
  await visitor.getByRole('heading', { name: 'The server is yours' }).waitFor();
  expect(visitor.url()).not.toContain('#');
  expect(await findViolations(visitor)).toEqual([]);
  await visitor.getByRole('button', { name: /Run the example/ }).click();
  await visitor.waitForURL(/\/p\/examples\/runs\//);

  await visitor.goto(path!);
  await visitor.getByRole('heading', { name: 'This server is set up already' }).waitFor();
});
