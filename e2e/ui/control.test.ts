/** Runs and workers driven from the pages: stop, run again, kill, join; and a server that dies under an open page. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForRun, waitForTask } from '../support/runs.ts';
import { createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import type { TestServer } from '../support/server.ts';
import { startTestWorker } from '../support/worker.ts';
import { signIn, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
let scratch: Scratch;

beforeAll(async () => {
  scratch = createScratch();
  desk = await openDesk();
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', {
    name: 'long',
    failureStrategy: 'continue',
    tasks: [
      { name: 'slow', type: 'shell', script: waitAt(scratch, 'slow') },
      { name: 'other', type: 'shell', script: waitAt(scratch, 'other') },
    ],
  });
  await client.workflows.online('ui', 'long');
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  scratch?.[Symbol.dispose]();
});

const state = () => page.locator('h1 + *').textContent();

async function startLong() {
  const run = await server.client.workflows.start('ui', 'long');
  for (const name of ['slow', 'other']) await waitForTask(server.client, run, name, (task) => task.state === 'running');
  return run;
}

it('stops a run, and runs it again', async () => {
  const run = await startLong();
  await page.goto(`/p/ui/runs/${run.id}`);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  const stop = page.getByRole('dialog', { name: /^Stop long/ });
  await stop.getByText('2 tasks running now will be killed').waitFor();
  await stop.getByRole('button', { name: 'Stop the run' }).click();
  await expect.poll(state).toContain('Stopped');
  expect((await server.client.instances.get(run.id)).state).toBe('stopped');

  await page.getByRole('button', { name: 'Run again', exact: true }).click();
  await page
    .getByRole('dialog', { name: /^Run long .*again/ })
    .getByRole('button', { name: 'Run again' })
    .click();
  await expect.poll(state).toContain('Running');
  scratch.open('slow');
  scratch.open('other');
  await expect.poll(state).toContain('Success');
  await page.getByText('round 2').waitFor();
});

it('kills one task, and lets the other go on', async () => {
  const gates = createScratch();
  using _ = gates;
  await server.client.workflows.save('ui', 'long', {
    name: 'long',
    failureStrategy: 'continue',
    tasks: [
      { name: 'slow', type: 'shell', script: waitAt(gates, 'slow') },
      { name: 'other', type: 'shell', script: waitAt(gates, 'other') },
    ],
  });
  const run = await startLong();
  await page.goto(`/p/ui/runs/${run.id}?task=slow`);
  await page.getByRole('button', { name: 'Kill', exact: true }).click();
  await page.getByRole('dialog', { name: 'Kill slow?' }).getByRole('button', { name: 'Kill the task' }).click();
  const panel = page.getByRole('region', { name: 'slow' });
  await expect.poll(() => panel.textContent()).toContain('Killed');
  expect(await panel.getByRole('button', { name: 'Kill', exact: true }).count()).toBe(0);
  const other = await waitForTask(server.client, run, 'other', () => true);
  expect(other.state).toBe('running');
  gates.open('other');
  await waitForRun(server.client, run, 'failure');
  await expect.poll(state).toContain('Failed');
});

it('sees a worker join with the command it shows', async () => {
  await page.goto('/workers?join=1');
  const sheet = page.getByRole('dialog', { name: 'Join a worker' });
  await sheet.getByLabel('Name of the token').fill('from the page');
  await sheet.getByLabel('Group').fill('gpu');
  await sheet.getByLabel('Slots').fill('3');
  await sheet.getByRole('button', { name: 'Make the command' }).click();
  const command = (await sheet.getByText('npx @vaquita/worker').textContent()) ?? '';
  const option = (name: string) => new RegExp(`--${name} (\\S+)`).exec(command)?.[1] ?? '';
  await sheet.getByText('Waiting for it to join').waitFor();
  await using _worker = await startTestWorker({
    url: option('server'),
    token: option('token'),
    group: option('group'),
    slots: Number(option('slots')),
    name: 'newcomer',
    client: server.client,
  });
  await sheet.getByText('newcomer has joined.').waitFor();
  await sheet.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('heading', { name: 'newcomer' }).waitFor();
  const { items } = await server.client.workers.list({ limit: 500 });
  expect(items.find(({ name }) => name === 'newcomer')).toMatchObject({ groups: ['gpu'], slots: 3 });
});

it('says that it is not live while the server is away, and catches up when it is back', async () => {
  await page.goto('/runs');
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('row').first().waitFor();
  const before = await page.getByRole('row').count();
  await server.kill9();
  await page.getByText(/^Not live: shown as of/).waitFor();
  expect(await page.getByRole('row').count()).toBe(before);
  await server.restart();
  await server.client.workflows.create('ui', { name: 'after', tasks: [{ name: 'a', type: 'shell', script: 'true' }] });
  await server.client.workflows.online('ui', 'after');
  await server.client.workflows.start('ui', 'after');
  await page.getByText('Live', { exact: true }).waitFor();
  // Rows do not move under the pointer: what is new is offered.
  await page.getByRole('button', { name: '1 new run — show' }).click();
  await page.getByRole('link', { name: /^after/ }).waitFor();
});

it('comes back to a task and a line of its log after sign-in', async () => {
  const [run] = (await server.client.instances.list({ project: 'ui', workflow: 'long' })).items;
  await using visitor = await browser.open(server.url);
  const address = `/p/ui/runs/${run!.id}?view=tasks&task=other#L1`;
  await visitor.page.goto(address);
  await visitor.page.waitForURL(/\/login\?to=/);
  await visitor.page.getByLabel('Name').fill('admin');
  await visitor.page.getByLabel('Password').fill(server.adminPassword);
  await visitor.page.getByRole('button', { name: 'Sign in' }).click();
  await visitor.page.getByRole('heading', { name: 'other', level: 2 }).waitFor();
  const { pathname, search, hash } = new URL(visitor.page.url());
  expect(`${pathname}${search}${hash}`).toBe(address);
});

it('is walked through on a narrow screen', async () => {
  await using narrow = await browser.open(server.url, { width: 390, height: 800 });
  await signIn(narrow.page, server.adminPassword);
  const goTo = async (menu: string, name: string) => {
    await narrow.page.getByRole('navigation', { name: menu }).getByRole('link', { name, exact: true }).click();
    await narrow.page.getByRole('heading', { name, level: 1 }).waitFor();
  };
  for (const name of ['Workflows', 'Runs', 'Alerts', 'Overview']) await goTo('Main', name);
  for (const name of ['Task groups', 'Workers', 'Tokens']) {
    await narrow.page.getByRole('button', { name: 'More', exact: true }).click();
    await goTo('All pages', name);
  }
  await narrow.page.goto('/runs');
  await narrow.page.getByRole('link', { name: /^long/ }).first().click();
  await narrow.page.getByRole('heading', { name: /^long/, level: 1 }).waitFor();
  await narrow.page.getByRole('link', { name: 'Tasks', exact: false }).last().click();
  await narrow.page.getByRole('link', { name: /other/ }).first().click();
  await narrow.page.getByRole('heading', { name: 'other', level: 2 }).waitFor();
});
