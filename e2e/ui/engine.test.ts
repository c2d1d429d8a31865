/** What the engine can do, from the pages: approvals, pausing, signals, branches, runs in runs, task groups. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitForRun, waitForTask } from '../support/runs.ts';
import { createScratch, type Scratch, waitAt } from '../support/scratch.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
let scratch: Scratch;

const noop = (name: string, more: Readonly<Record<string, unknown>> = {}) => ({ name, type: 'noop', ...more });

const WORKFLOWS: readonly Readonly<Record<string, unknown>>[] = [
  {
    name: 'release',
    params: [
      { name: 'rows', type: 'integer', value: '7' },
      { name: 'day', type: 'string', value: '2026-03-01' },
    ],
    tasks: [
      { name: 'lane', type: 'switch', cases: [{ when: '${rows} > 5', then: 'fast' }], otherwise: 'slow' },
      noop('fast', { dependsOn: ['lane'] }),
      noop('slow', { dependsOn: ['lane'] }),
      noop('off', { enabled: false }),
      { name: 'ok', type: 'approval', message: 'Publish ${rows} rows of ${day}?', dependsOn: ['fast', 'off'] },
      noop('publish', { dependsOn: ['ok'] }),
    ],
  },
  {
    name: 'held',
    tasks: [{ name: 'hold', type: 'wait', signal: 'files-arrived' }, noop('end', { dependsOn: ['hold'] })],
  },
  { name: 'serial', execution: 'serial_wait', tasks: [{ name: 'hold', type: 'wait', signal: 'done' }] },
  { name: 'inner', tasks: [noop('only')] },
  {
    name: 'outer',
    tasks: [
      { name: 'one', type: 'sub_workflow', workflow: 'inner' },
      { name: 'each', type: 'dynamic', workflow: 'inner', lists: [{ name: 'city', values: ['Kyoto', 'Oslo'] }] },
    ],
  },
  {
    name: 'broken',
    tasks: [{ name: 'bad', type: 'shell', script: 'exit 3' }, noop('next', { dependsOn: ['bad'] })],
  },
];

beforeAll(async () => {
  scratch = createScratch();
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  for (const workflow of WORKFLOWS) await define(workflow);
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  scratch?.[Symbol.dispose]();
});
beforeEach(() => page.unrouteAll());

async function define(workflow: Readonly<Record<string, unknown>>): Promise<void> {
  await server.client.workflows.create('ui', workflow);
  await server.client.workflows.online('ui', String(workflow.name));
}

const start = (workflow: string) => server.client.workflows.start('ui', workflow);
const state = () => page.locator('h1 + *').textContent();
const becomes = (word: string) => expect.poll(state).toContain(word);
const button = (name: string) => page.getByRole('button', { name, exact: true });

/** Axe and the width of the window; both are looked at while something waits, which is what people look at. */
async function expectClean(): Promise<void> {
  expect(await findViolations(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
}

it('waits for an approval, shows what was chosen, and goes on when the page approves', async () => {
  const run = await start('release');
  await waitForTask(server.client, run, 'ok', (task) => task.state === 'running');
  // Nothing is chosen: what waits for an answer is shown.
  await page.goto(`/p/ui/runs/${run.id}?view=graph`);
  await becomes('Running');
  await page.getByText('Publish 7 rows of 2026-03-01?').last().waitFor();
  const graph = page.getByRole('group', { name: /^Graph of tasks/ });
  await graph.getByRole('button', { name: /^lane.*→ fast/ }).waitFor();
  await graph.getByRole('button', { name: /^slow.*Skipped/ }).waitFor();
  await graph.getByRole('button', { name: /^off.*Disabled/ }).waitFor();
  await expectClean();

  await page.getByLabel('Comment').fill('Checked by hand.');
  await button('Approve').click();
  await becomes('Success');
  await page.getByText('Approved by admin').waitFor();
  await page.getByText('Checked by hand.').waitFor();
  expect((await server.client.instances.get(run.id)).state).toBe('success');

  await page.goto(`/p/ui/runs/${run.id}?view=tasks&task=slow`);
  await page.getByText('No branch led to this task').waitFor();
  await page.getByRole('table', { name: 'Tasks' }).getByText('→ fast').waitFor();
  await expectClean();
});

it('fails a run whose approval is rejected, after asking', async () => {
  const run = await start('release');
  await waitForTask(server.client, run, 'ok', (task) => task.state === 'running');
  await page.goto(`/p/ui/runs/${run.id}?task=ok`);
  await button('Reject').click();
  const dialog = page.getByRole('dialog', { name: 'Reject ok?' });
  await expectClean();
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await becomes('Failed');
  await page.getByText('Rejected by admin', { exact: true }).waitFor();
});

it('pauses, resumes, and sends the signal that a task waits for', async () => {
  const run = await start('held');
  await waitForTask(server.client, run, 'hold', (task) => task.state === 'running');
  await page.goto(`/p/ui/runs/${run.id}`);
  await button('Pause').click();
  await becomes('Paused');
  expect(await button('Pause').count()).toBe(0);
  await expectClean();
  await page.keyboard.press('p');
  await becomes('Running');
  await button('Send a signal').click();
  const dialog = page.getByRole('dialog', { name: /^Send a signal to held/ });
  await dialog.getByLabel('Outputs of the task').fill('rows');
  await dialog.getByText('Line 1 is not name=value.').waitFor();
  await expectClean();
  await dialog.getByLabel('Outputs of the task').fill('rows=12');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await becomes('Success');
});

it('says which run another waits for, and leads to it', async () => {
  const [first, second] = [await start('serial'), await start('serial')];
  await waitForTask(server.client, first, 'hold', (task) => task.state === 'running');
  await page.goto(`/p/ui/runs/${second.id}`);
  await becomes('Waiting for an earlier run');
  await button('Why?').click();
  await page.getByRole('link', { name: '#1', exact: true }).click();
  await page.waitForURL(`**/p/ui/runs/${first.id}`);
  await becomes('Running');
  await server.client.instances.signal(first.id, { name: 'done' });
  await becomes('Success');
  await waitForTask(server.client, second, 'hold', (task) => task.state === 'running');
  await server.client.instances.stop(second.id);
});

it('says why something was refused', async () => {
  const run = await start('held');
  await waitForTask(server.client, run, 'hold', (task) => task.state === 'running');
  await page.goto(`/p/ui/runs/${run.id}`);
  await button('Pause').waitFor();
  const detail = 'A run in the state “ready_stop” cannot do “pause”: it is stopping.';
  const problem = { type: 'about:blank', title: 'Conflict', status: 409, code: 'conflict', detail, errors: [] };
  await page.route('**/pause', (route) =>
    route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  );
  await button('Pause').click();
  const dialog = page.getByRole('dialog', { name: 'That did not work' });
  await dialog.getByText(detail).waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  expect(await state()).toContain('Running');
  await server.client.instances.stop(run.id);
  await becomes('Stopped');
});

it('says why the engine has set a run aside, with the two ways on', async () => {
  const run = await start('held');
  await waitForTask(server.client, run, 'hold', (task) => task.state === 'running');
  const quarantine = {
    code: 'engine_error',
    text: 'The run could not go on: its rows contradict each other.',
    since: new Date().toISOString(),
    next: null,
    nextAt: null,
    evidence: {},
  };
  // No order makes the engine do this; the page is given what it would answer.
  await page.route(`**/api/v1/workflow-instances/${run.id}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), quarantine } });
  });
  await page.goto(`/p/ui/runs/${run.id}`);
  const banner = page.getByRole('region', { name: 'The engine has set this run aside' });
  await banner.getByText(quarantine.text).waitFor();
  await banner.getByRole('button', { name: 'Try again' }).waitFor();
  await expectClean();
  expect(await button('Pause').count()).toBe(0);
  await banner.getByRole('button', { name: 'Stop' }).click();
  await page
    .getByRole('dialog', { name: /^Stop held/ })
    .getByRole('button', { name: 'Stop the run' })
    .click();
  await becomes('Stopped');
});

it('leads from a run to the runs it started, and back', async () => {
  const run = await start('outer');
  await waitForRun(server.client, run, 'success');
  await page.goto(`/p/ui/runs/${run.id}?task=each`);
  await page.getByText('2 runs').waitFor();
  await page.getByText('city=Oslo').waitFor();
  await expectClean();
  await page.goto(`/p/ui/runs/${run.id}?task=one`);
  const panel = page.getByRole('region', { name: 'one', exact: true });
  await panel.getByRole('link', { name: /^inner #/ }).click();
  await page.getByRole('heading', { name: /^inner/, level: 1 }).waitFor();
  await page.getByText('Started by').waitFor();
  await page.getByRole('link', { name: /^outer #\d+ one$/ }).click();
  await page.getByRole('heading', { name: /^outer/, level: 1 }).waitFor();
  await page.getByRole('heading', { name: 'one', level: 2 }).waitFor();
});

it('recovers, runs again from a task, and counts a failed task as a success', async () => {
  const run = await start('broken');
  await waitForRun(server.client, run, 'failure');
  await page.goto(`/p/ui/runs/${run.id}?task=bad`);
  await button('Recover failed').click();
  await waitForTask(server.client, run, 'bad', (task) => task.attempt === 2 && task.state === 'failure');
  await becomes('Failed');
  await page.getByText('round 2').waitFor();

  await button('Run again from here').click();
  const again = page.getByRole('dialog', { name: 'Run again from bad?' });
  await again.getByText('bad and 1 task after it').waitFor();
  await again.getByRole('button', { name: 'Run again from here' }).click();
  await waitForTask(server.client, run, 'bad', (task) => task.attempt === 3 && task.state === 'failure');
  await becomes('Failed');
  await page.getByText('round 3').waitFor();

  await button('Count as success').click();
  const force = page.getByRole('dialog', { name: 'Count bad as a success?' });
  await force.getByLabel('Comment').fill('The data was mended.');
  await expectClean();
  await force.getByRole('button', { name: 'Count as success' }).click();
  await becomes('Success');
  await button('Count as success').waitFor({ state: 'detached' });
});

it('holds tasks to a task group, shows its queue, and lets one go on without a slot', async () => {
  await page.goto('/task-groups');
  await page.getByText('No task group yet').waitFor();
  await page.getByRole('link', { name: 'New task group' }).first().click();
  const form = page.getByRole('dialog', { name: 'New task group' });
  await form.getByLabel('Name').fill('db');
  await form.getByLabel('Size').fill('1');
  await form.getByRole('button', { name: 'Create the group' }).click();
  await page.getByRole('heading', { name: 'db', level: 2 }).waitFor();

  await define({
    name: 'grouped',
    tasks: [
      { name: 'first', type: 'shell', script: waitAt(scratch, 'first'), taskGroup: { name: 'db', priority: 1 } },
      { name: 'second', type: 'shell', script: waitAt(scratch, 'second'), taskGroup: 'db' },
    ],
  });
  const run = await start('grouped');
  await waitForTask(server.client, run, 'first', (task) => task.state === 'running');
  await page.getByRole('link', { name: 'Show the queue' }).click();
  const queue = page.getByRole('table', { name: 'Tasks of db' });
  await queue.getByRole('row', { name: /Slot 1.*first.*Running/ }).waitFor();
  await queue.getByRole('row', { name: /waits, number 1.*second/ }).waitFor();
  await expectClean();

  await queue
    .getByRole('row', { name: /second/ })
    .getByRole('link')
    .click();
  const panel = page.getByRole('region', { name: 'second', exact: true });
  await panel
    .getByText(/task group/i)
    .first()
    .waitFor();
  await button('Start without a slot').click();
  await page
    .getByRole('dialog', { name: 'Start second without a slot?' })
    .getByRole('button', { name: 'Start it' })
    .click();
  await waitForTask(server.client, run, 'second', (task) => task.state === 'running');
  await panel.getByText('db · without a slot').waitFor();
  for (const name of ['first', 'second']) scratch.open(name);
  await becomes('Success');

  await page.goto('/task-groups');
  await page.getByRole('switch', { name: 'Open' }).click();
  await page.getByRole('switch', { name: 'Closed' }).waitFor();
  expect((await server.client.taskGroups.get('db')).open).toBe(false);
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  const run = await start('release');
  await waitForTask(server.client, run, 'ok', (task) => task.state === 'running');
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto(`/p/ui/runs/${run.id}?task=ok`);
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.getByRole('button', { name: '批准' }).waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  await narrow.page.goto('/task-groups?group=db');
  await narrow.page.getByText('目前没有任务使用此组').waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  expect(narrow.errors).toEqual([]);
  expect(desk.opened.errors.filter((error) => !error.includes('409'))).toEqual([]);
});
