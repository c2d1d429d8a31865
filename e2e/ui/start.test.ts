/** The start sheet, the editor and the deletion of a workflow: what the server refuses, and where the page says it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { waitForRun } from '../support/runs.ts';
import { type TestServer, VAQUITA } from '../support/server.ts';
import { findViolations } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, page } = desk);
  await server.client.projects.create({ name: 'ui' });
});
afterAll(() => desk?.[Symbol.asyncDispose]());

let made = 0;
let workflow: string;
/** Each test has a workflow of its own with these parameters, online. */
beforeEach(async () => {
  workflow = `greeting-${++made}`;
  await save([
    { name: 'who', type: 'string' },
    { name: 'times', type: 'string', value: 'once' },
  ]);
  await server.client.workflows.online('ui', workflow);
});

async function save(params: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
  const definition = {
    name: workflow,
    params,
    tasks: [
      { name: 'greet', type: 'shell', script: 'echo "Hello, $who"' },
      { name: 'leave', type: 'shell', script: 'echo bye', dependsOn: ['greet'] },
    ],
  };
  const { items } = await server.client.workflows.list('ui', { limit: 500 });
  if (items.some(({ name }) => name === workflow)) await server.client.workflows.save('ui', workflow, definition);
  else await server.client.workflows.create('ui', definition);
}

async function openSheet() {
  await page.goto(`/p/ui/workflows/${workflow}?start=1`);
  const sheet = page.getByRole('dialog', { name: `Run ${workflow}` });
  await sheet.getByLabel('who').waitFor();
  return sheet;
}

/** The text that a field is described by for those who cannot see it: its hint, or what is wrong with it. */
function descriptionOf(label: string): Promise<string> {
  return page
    .getByLabel(label, { exact: true })
    .evaluate(
      (field: { getAttribute(name: string): string | null; ownerDocument: { getElementById(id: string): unknown } }) =>
        (field.getAttribute('aria-describedby') ?? '')
          .split(' ')
          .map((id) => (field.ownerDocument.getElementById(id) as { textContent: string } | null)?.textContent ?? '')
          .join(' '),
    );
}

it('asks for a missing parameter before it asks the server', async () => {
  const sheet = await openSheet();
  await sheet.getByRole('button', { name: 'Start the run' }).click();
  await expect.poll(() => descriptionOf('who')).toContain('A value is needed');
  expect(await sheet.getByLabel('who').evaluate((field) => field.matches(':focus'))).toBe(true);
  expect((await server.client.instances.list({ project: 'ui', workflow })).items).toEqual([]);
});

it('says at its field what the server refuses: a type that has changed, a parameter that is gone', async () => {
  const sheet = await openSheet();
  await sheet.getByLabel('who').fill('world');
  await sheet.getByLabel('times').fill('twice');
  await save([
    { name: 'who', type: 'string' },
    { name: 'times', type: 'integer', value: '1' },
  ]);
  await sheet.getByRole('button', { name: 'Start the run' }).click();
  await expect.poll(() => descriptionOf('times')).toContain('integer');
  expect(await sheet.getByLabel('times').getAttribute('aria-invalid')).toBe('true');
  expect(await sheet.getByLabel('who').getAttribute('aria-invalid')).toBe('false');
  expect(await sheet.getByLabel('times').evaluate((field) => field.matches(':focus'))).toBe(true);
  expect(await sheet.getByLabel('who').inputValue()).toBe('world');

  await save([{ name: 'who', type: 'string' }]);
  await sheet.getByRole('button', { name: 'Start the run' }).click();
  await expect.poll(() => descriptionOf('times')).toContain('no parameter "times"');
});

it('names a parameter that has come since the sheet was opened', async () => {
  const sheet = await openSheet();
  await sheet.getByLabel('who').fill('world');
  await save([
    { name: 'who', type: 'string' },
    { name: 'greeting', type: 'string' },
  ]);
  await sheet.getByRole('button', { name: 'Start the run' }).click();
  await sheet.getByRole('alert').getByText('"greeting" (string) has no default').waitFor();
});

it('prints a command that starts the same run', async () => {
  const sheet = await openSheet();
  const who = `it's "$HOME" & co`;
  await sheet.getByLabel('who').fill(who);
  await sheet.getByText('How to run it').click();
  await sheet.getByLabel('Priority').selectOption('high');
  await sheet.getByText('What to run').click();
  await sheet.getByLabel('Start at').selectOption('greet');
  await sheet.getByLabel('And with them').selectOption('only');
  await sheet.getByText('The same from elsewhere').click();
  const command = (await sheet.getByText('npx vaquita run').textContent()) ?? '';
  expect(command).toContain('npx vaquita run ');

  // What npx finds is put in its place; everything else, the quoting above all, is read by a shell as it stands.
  const line = command.replace('npx vaquita', `"${process.execPath}" "${VAQUITA}"`);
  const env = { ...process.env, VAQUITA_SERVER_URL: server.url, VAQUITA_TOKEN: server.adminToken };
  await promisify(execFile)('sh', ['-c', line], { env, timeout: 30_000 });
  const [run] = (await server.client.instances.list({ project: 'ui', workflow })).items;
  expect(run).toMatchObject({ state: 'success', params: { who }, priority: 'high' });
  expect((await server.client.instances.tasks(run!.id)).items.map(({ name }) => name)).toEqual(['greet']);
});

it('fills the sheet in as a run was started lately', async () => {
  await server.client.workflows.start('ui', workflow, { params: { who: 'world' }, priority: 'high', timeout: '1h' });
  await server.client.workflows.start('ui', workflow, { params: { who: 'me' }, startTasks: ['leave'], scope: 'only' });
  const sheet = await openSheet();
  await sheet.getByRole('button', { name: /^who=world .*Priority: high/i }).click();
  expect(await sheet.getByLabel('who').inputValue()).toBe('world');
  expect(await sheet.getByLabel('times').inputValue()).toBe('once');
  expect(await sheet.getByLabel('Priority').inputValue()).toBe('high');
  expect(await sheet.getByLabel('Timeout').inputValue()).toBe('1h');
  await sheet.getByRole('button', { name: /^who=me .*leave \(nothing else\)/ }).click();
  expect(await sheet.getByLabel('who').inputValue()).toBe('me');
  expect(await sheet.getByLabel('Priority').inputValue()).toBe('medium');
  await sheet.getByText('1 of 2 tasks will run').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await sheet.getByRole('button', { name: 'The defaults' }).click();
  expect(await sheet.getByLabel('who').inputValue()).toBe('');
  await sheet.getByText('2 of 2 tasks will run').first().waitFor();
});

it('starts an older version, with its parameters, as a dry run with a timeout; the command does the same', async () => {
  await save([{ name: 'whom', type: 'string', value: 'all' }]);
  await page.goto(`/p/ui/workflows/${workflow}?start=1`);
  const sheet = page.getByRole('dialog', { name: `Run ${workflow}` });
  await sheet.getByLabel('whom').waitFor();
  await sheet.getByText('Version, timeout, dry run').click();
  await sheet.getByLabel('Version', { exact: true }).selectOption('1');
  await sheet.getByLabel('who', { exact: true }).fill('world');
  await sheet.getByLabel('Timeout').fill('soon');
  await sheet.getByLabel('Dry run').check();
  await sheet.getByRole('button', { name: 'Start the dry run' }).click();
  await expect.poll(() => descriptionOf('Timeout')).toContain('not a duration');
  await sheet.getByLabel('Timeout').fill('1h');
  await sheet.getByText('The same from elsewhere').click();
  const command = (await sheet.getByText('npx vaquita run').textContent()) ?? '';
  expect(command).toContain('--param who=world --version 1 --timeout 1h --dry-run');
  expect(await sheet.getByText('curl -X POST').textContent()).toContain(
    `'{"params":{"who":"world"},"version":1,"timeout":"1h","dryRun":true}'`,
  );
  await sheet.getByRole('button', { name: 'Start the dry run' }).click();
  await page.waitForURL(/\/runs\//);
  const [run] = (await server.client.instances.list({ project: 'ui', workflow })).items;
  expect(run).toMatchObject({ version: 1, dryRun: true, timeout: '1h', params: { who: 'world' } });
});

it('starts at the task that the address names', async () => {
  await page.goto(`/p/ui/workflows/${workflow}?task=leave`);
  await page.getByRole('link', { name: 'Run from this task…' }).click();
  const sheet = page.getByRole('dialog', { name: `Run ${workflow}` });
  await sheet.getByLabel('who').fill('world');
  await sheet.getByText('1 of 2 tasks will run').first().waitFor();
  expect(await sheet.getByLabel('Start at').evaluate((field) => (field as { value?: string }).value)).toBe('leave');
  await sheet.getByRole('button', { name: 'Start the run' }).click();
  await page.waitForURL(/\/runs\//);
  const [run] = (await server.client.instances.list({ project: 'ui', workflow })).items;
  expect(run).toMatchObject({ startTasks: ['leave'], scope: 'downstream' });
});

it('lists what the server finds wrong in a text, and jumps to its line', async () => {
  await page.goto('/p/ui/workflows/new?pane=yaml');
  const editor = page.locator('.cm-content');
  await editor.click();
  await page.keyboard.press('Control+a');
  const text = 'name: written\ntasks:\n  - name: a\n    type: shell\n    script: echo a\n  - name: b\n    type: nope\n';
  await page.keyboard.insertText(text);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const problem = page.getByRole('status').getByRole('button', { name: /^line \d+.*tasks\[1\]/ });
  await problem.first().waitFor();
  await editor.press('Control+Home');
  await problem.first().click();
  await expect.poll(() => page.locator('.cm-activeLine').textContent()).toContain('nope');

  await page.keyboard.press('End');
  for (const _ of 'nope') await page.keyboard.press('Backspace');
  await page.keyboard.insertText('shell\n    script: echo b');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'written', level: 1 }).waitFor();
  const { online, definition } = await server.client.workflows.get('ui', 'written');
  expect(online).toBe(true);
  expect((definition as { tasks: { name: string }[] }).tasks.map(({ name }) => name)).toEqual(['a', 'b']);
});

it('deletes a workflow only when its name has been typed', async () => {
  const run = await server.client.workflows.start('ui', workflow, { params: { who: 'x' } });
  await waitForRun(server.client, run, 'success');
  await page.goto(`/p/ui/workflows/${workflow}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete workflow ${workflow}?` });
  const verb = dialog.getByRole('button', { name: 'Delete', exact: true });
  await dialog.getByLabel(`Type ${workflow} to confirm`).fill('something else');
  expect(await verb.isDisabled()).toBe(true);
  await dialog.getByLabel(`Type ${workflow} to confirm`).fill(workflow);
  await verb.click();
  await page.getByRole('heading', { name: 'Workflows', level: 1 }).waitFor();
  await expect.poll(() => page.getByRole('link', { name: workflow, exact: true }).count()).toBe(0);
  const { items } = await server.client.workflows.list('ui', { limit: 500 });
  expect(items.map(({ name }) => name)).not.toContain(workflow);
});
