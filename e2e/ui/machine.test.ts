/** The state machines of a run, drawn live: where it stands, which way it took, and the same in words. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForTask } from '../support/runs.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
let run: { readonly id: string };

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', {
    name: 'held',
    tasks: [
      { name: 'load', type: 'shell', script: 'true' },
      { name: 'hold', type: 'wait', signal: 'go', dependsOn: ['load'] },
    ],
  });
  await client.workflows.online('ui', 'held');
  run = await client.workflows.start('ui', 'held');
  await waitForTask(client, run, 'hold', (task) => task.state === 'running');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const machine = (name: string) => page.getByRole('region', { name, exact: true });
const here = (name: string) => machine(name).locator('[aria-current="step"]');

async function expectClean(on: Page): Promise<void> {
  expect(await findViolations(on)).toEqual([]);
  expect(await overflow(on)).toBeLessThanOrEqual(0);
}

it('lights the state of the run and of the task, and follows them', async () => {
  await page.goto(`/p/ui/runs/${run.id}`);
  await page.getByRole('link', { name: 'States', exact: true }).click();
  await here('The run').getByText('Running').waitFor();
  await here('Task hold, attempt 1').getByText('Running').waitFor();
  await machine('The run').getByRole('listitem').filter({ hasText: 'Submitted → Running' }).first().waitFor();
  await expectClean(page);
  await server.client.instances.signal(run.id, { name: 'go' });
  await here('The run').getByText('Success').waitFor();
  await here('Task hold, attempt 1').getByText('Success').waitFor();
});

it('says what leads on from a state, in the picture and as a list', async () => {
  await page.goto(`/p/ui/runs/${run.id}?view=machine&task=load`);
  await here('The run').getByText('Success').waitFor();
  const picture = machine('States: The run');
  expect(await picture.locator('text').allTextContents()).toContain('RerunFromRerunWorkflow');
  await picture.getByRole('button', { name: 'Pausing' }).click();
  expect((await picture.locator('text').allTextContents()).join()).toContain('RunDisplaced');
  await machine('The run').getByText('what brings them about').click();
  await machine('The run').getByText('RunDisplaced, StopWorkflow, WorkflowTimedOut').first().waitFor();
  const way = machine('Task load, attempt 1').getByRole('list').first().getByRole('listitem');
  await expect
    .poll(() => way.allTextContents().then((all) => all.map((one) => one.split(/\s\d/)[0])))
    .toEqual(['Submitted', 'Submitted → Dispatched', 'Dispatched → Running', 'Running → Success']);
  await expectClean(page);
});

it('stands where it stood at a past moment', async () => {
  const { items } = await server.client.instances.events(run.id, { limit: 200 });
  const began = items.find(({ data }) => data.name === 'load' && data.to === 'running')!;
  await page.goto(`/p/ui/runs/${run.id}?view=machine&task=load&at=${began.seq}`);
  await here('Task load, attempt 1').getByText('Running').waitFor();
  await here('The run').getByText('Running').waitFor();
  expect(await machine('Task load, attempt 1').getByText('Running → Success').count()).toBe(1);
  await expectClean(page);
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto(`/p/ui/runs/${run.id}?view=machine&task=load`);
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByRole('heading', { name: '任务 load，第 1 次尝试' }).waitFor();
  await expectClean(narrow.page);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors).toEqual([]);
});
