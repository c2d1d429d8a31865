/** The list of workflows in the browser: narrowed, paged, chosen, acted on at once, exported and imported; and projects. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;

const tasks = [{ name: 'a', type: 'noop' }];
const yaml = (name: string, description: string) =>
  `name: ${name}\ndescription: ${description}\ntasks: [{ name: a, type: noop }]\n`;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  const { client } = server;
  await client.projects.create({ name: 'etl' });
  await client.projects.create({ name: 'web' });
  for (const name of ['Daily', 'daily-2', 'weekly']) {
    await client.workflows.create('etl', { name, tasks });
    await client.workflows.online('etl', name);
  }
  await client.workflows.offline('etl', 'weekly');
  // More than one page of the list.
  const many = Array.from({ length: 60 }, (_, n) => yaml(`many-${100 + n}`, 'one of many'));
  await client.workflows.importBundle('web', many.join('---\n'));
  const plan = { cron: '0 3 * * *', timezone: 'UTC' };
  await client.schedules.create('etl', 'Daily', { name: 'nightly', plan, online: true });
  const { id } = await client.workflows.start('etl', 'Daily');
  await eventually('the run to end', async () => (await client.instances.get(id)).state === 'success');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const rows = () => page.getByRole('table', { name: 'Workflows' }).locator('tbody tr');
const row = (name: string) => rows().filter({ has: page.getByRole('link', { name, exact: true }) });
const count = (n: number) => eventually(`${n} rows`, async () => ((await rows().count()) === n ? true : undefined));
const box = (name: string) => page.getByRole('checkbox', { name: `Choose ${name}`, exact: true });
const bar = () => page.getByRole('group', { name: 'What can be done with the chosen workflows' });

it('is narrowed by project, name and standing in the address, and says what each did last and does next', async () => {
  await page.goto('/workflows?project=etl');
  await count(3);
  expect(
    await row('Daily')
      .getByRole('link', { name: /Success/ })
      .count(),
  ).toBe(1);
  await row('Daily')
    .getByTitle(/nightly/)
    .waitFor();
  await row('daily-2').getByText('never ran').waitFor();
  await row('daily-2').getByText('no schedule').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Offline', exact: true }).click();
  await count(1);
  await page.getByRole('searchbox').fill('nothing');
  await page.getByText('No workflow matches these filters.').waitFor();
  await page.getByRole('link', { name: 'Clear the filters' }).click();
  await count(3);
  await page.getByRole('searchbox').fill('DAILY');
  await count(2);
  await page.waitForURL(({ searchParams }) => searchParams.get('name') === 'DAILY');
  await page.reload();
  await count(2);
  await page.getByLabel('Project', { exact: true }).selectOption('');
  await page.waitForURL(({ searchParams }) => searchParams.get('all') === '1');
  await page.getByRole('searchbox').fill('');
  await count(30);
  await page.getByRole('button', { name: 'Show more' }).click();
  await count(60);
});

it('has rows chosen by keys and boxes, and takes them offline, online and runs them', async () => {
  await page.goto('/workflows?project=etl');
  await count(3);
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await bar().getByText('1 workflow chosen').waitFor();
  await box('weekly').click({ modifiers: ['Shift'] });
  await bar().getByText('3 workflows chosen').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await bar().getByRole('button', { name: 'Put online' }).click();
  const dialog = page.getByRole('dialog', { name: 'Put 1 workflow online' });
  await dialog.getByText('2 are online already.').waitFor();
  await dialog.getByRole('button', { name: 'Put online' }).click();
  await dialog.getByText('1 of 1 done').waitFor();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await eventually('weekly to be online', async () => (await server.client.workflows.get('etl', 'weekly')).online);
  await row('weekly').getByRole('switch', { name: 'Online' }).waitFor();
  await bar().getByRole('button', { name: 'Run', exact: true }).click();
  const run = page.getByRole('dialog', { name: 'Run 3 workflows' });
  expect(await findViolations(page)).toEqual([]);
  await run.getByRole('button', { name: 'Run', exact: true }).click();
  await run.getByText('3 of 3 done').waitFor();
  await run.getByRole('button', { name: 'Done' }).click();
  const runs = await server.client.instances.list({ project: 'etl' });
  expect(runs.items.map(({ workflowName }) => workflowName).sort()).toEqual(['Daily', 'Daily', 'daily-2', 'weekly']);
  const saving = page.waitForEvent('download');
  await bar().getByRole('button', { name: 'Export' }).click();
  const file = await saving;
  expect(file.suggestedFilename()).toBe('etl.yaml');
  const text = await readFile(await file.path(), 'utf8');
  expect([...text.matchAll(/^name: (.+)$/gm)].map(([, name]) => name)).toEqual(['Daily', 'daily-2', 'weekly']);
  await bar().getByRole('button', { name: 'Choose none' }).click();
  await bar().waitFor({ state: 'detached' });
});

it('takes in files: what would change is seen before anything is saved, and a wrong file hinders no other', async () => {
  await page.goto('/workflows?project=etl');
  await count(3);
  await page.getByRole('link', { name: 'Import' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import workflows' });
  await dialog.getByText('Nothing is saved before').waitFor();
  expect(await findViolations(page)).toEqual([]);
  const file = (name: string, text: string | Buffer) => ({
    name,
    mimeType: 'application/yaml',
    buffer: Buffer.from(text),
  });
  await dialog
    .locator('input[type=file]')
    .setInputFiles([
      file(
        'good.yaml',
        [yaml('Daily', 'now described'), yaml('fresh', 'new here'), 'name: bad\ntasks: []\n'].join('---\n'),
      ),
      file('empty.yaml', ''),
      file('picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00])),
      file('big.yaml', `# ${'x'.repeat(5_000_000)}\n${yaml('big', 'five megabytes')}`),
      file('huge.yaml', Buffer.alloc(9_000_000, 'x')),
    ]);
  await dialog.getByText('The file is empty.').waitFor();
  await dialog.getByText('This is no text in UTF-8.').waitFor();
  await dialog.getByText('The file is larger than 8 MiB.').waitFor();
  const files = dialog.getByRole('list', { name: 'Files' });
  await files.getByRole('listitem').filter({ hasText: 'big.yaml' }).getByText('new', { exact: true }).waitFor();
  await files.getByText('Give a list of at least one task').waitFor();
  await dialog.getByRole('button', { name: 'What differs in Daily' }).click();
  await dialog.getByRole('region', { name: 'What differs in Daily' }).getByText('now described').waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect((await server.client.workflows.list('etl')).items).toHaveLength(3);
  await dialog.getByRole('button', { name: 'Import 3 workflows' }).click();
  await dialog.getByText('2 created, 1 updated, 1 refused').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'detached' });
  await row('fresh').waitFor();
  expect(await server.client.workflows.get('etl', 'Daily')).toMatchObject({ version: 2, description: 'now described' });
});

it('projects are made, changed with their parameters, and deleted when their name is typed', async () => {
  await page.goto('/projects');
  const table = page.getByRole('table', { name: 'Projects' });
  await table.getByRole('link', { name: 'etl', exact: true }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'New project' }).click();
  const form = page.getByRole('dialog', { name: 'New project' });
  await form.getByLabel('Name', { exact: true }).fill('etl');
  await form.getByRole('button', { name: 'Create the project' }).click();
  await form.getByText('exists already').first().waitFor();
  await form.getByLabel('Name', { exact: true }).fill('reports');
  await form.getByRole('button', { name: 'Create the project' }).click();
  await page.getByText('No workflow in this project yet').waitFor();
  await page.waitForURL(({ pathname, search }) => pathname === '/workflows' && search === '?project=reports');
  await page.goto('/projects');
  await page.getByRole('link', { name: 'Change reports' }).click();
  const edit = page.getByRole('dialog', { name: 'Change the project reports' });
  await edit.getByLabel('Name', { exact: true }).fill('figures');
  await edit.getByLabel('What it is for').fill('What the board reads');
  await edit.getByRole('button', { name: 'Add a parameter' }).click();
  await edit.getByLabel('Name of parameter 1').fill('a b');
  await edit.getByLabel('Value of a b').fill('orders');
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.getByRole('alert').first().waitFor();
  expect(await findViolations(page)).toEqual([]);
  await edit.getByLabel('Name of parameter 1').fill('bucket');
  await edit.getByRole('button', { name: 'Save' }).click();
  await table.getByText('What the board reads').waitFor();
  await table.getByText('1 parameter', { exact: true }).waitFor();
  const { params } = await server.client.projects.get('figures');
  expect(params).toEqual([{ name: 'bucket', type: 'string', value: 'orders' }]);

  await page.getByRole('button', { name: 'Delete etl' }).click();
  const full = page.getByRole('dialog', { name: 'Delete the project etl?' });
  expect(await full.getByRole('button', { name: 'Delete the project' }).isDisabled()).toBe(true);
  await full.getByLabel('Type the name of the project').fill('etl');
  await full.getByRole('button', { name: 'Delete the project' }).click();
  await full.getByText('still holds workflows').waitFor();
  await full.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Delete figures' }).click();
  const empty = page.getByRole('dialog', { name: 'Delete the project figures?' });
  await empty.getByLabel('Type the name of the project').fill('figures');
  await empty.getByRole('button', { name: 'Delete the project' }).click();
  await table.getByRole('link', { name: 'figures', exact: true }).waitFor({ state: 'detached' });
});

it('fits a small phone in the dark, and speaks Chinese', async () => {
  await using opened = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  const { page: phone } = opened;
  await phone.goto('/login');
  await phone.locator('input[name="name"]').fill('admin');
  await phone.locator('input[name="password"]').fill(server.adminPassword);
  await phone.keyboard.press('Enter');
  await phone.getByRole('heading', { name: '总览', level: 1 }).waitFor();
  for (const [path, shows] of [
    ['/workflows?project=etl', 'Daily'],
    ['/workflows?all=1', '显示更多'],
    ['/workflows?project=etl&import=1', '把文件拖到这里'],
    ['/projects', '没有参数'],
    ['/projects?edit=web', '添加参数'],
  ] as const) {
    await phone.goto(path);
    await phone.getByText(shows).first().waitFor({ state: 'attached' });
    expect(await findViolations(phone), path).toEqual([]);
    expect(await overflow(phone), path).toBe(0);
  }
});
