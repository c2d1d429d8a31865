/** A workflow built without writing YAML: tasks from the palette, their forms, what they wait for, undo, problems. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForRun } from '../support/runs.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow } from './browser.ts';
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

const form = (name: string) => page.getByRole('region', { name: `Task ${name}`, exact: true });
const names = () => page.getByRole('table', { name: 'Tasks' }).getByRole('link').allTextContents();
const settled = () => page.getByText('No problems found').waitFor();

/** Adds a task by keyboard and names it. */
async function add(type: string, name: string): Promise<void> {
  await page.locator('main').press('/');
  const palette = page.getByRole('dialog', { name: 'Add task' });
  await palette.getByRole('combobox').fill(type);
  await palette.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await form(type).getByLabel('Name', { exact: true }).first().fill(name);
  await page.keyboard.press('Enter');
  await form(name).waitFor();
}

async function waitFor(task: string, before: string): Promise<void> {
  await form(task).getByLabel('Wait for another task').fill(before);
  await page.keyboard.press('Enter');
  await form(task)
    .getByRole('button', { name: `Do not wait for ${before}` })
    .waitFor();
}

it('builds, saves and runs a workflow of five tasks without its text, whose comments stay', async () => {
  await page.goto('/p/ui/workflows/new?pane=tasks');
  await settled();
  await page.getByLabel('Name', { exact: true }).first().fill('built');
  await add('shell', 'fetch');
  await form('fetch').getByLabel('script', { exact: true }).fill('echo fetched\necho "::set-output rows=12"\n');
  await waitFor('fetch', 'repeat');
  await add('wait', 'breathe');
  await form('breathe').getByLabel('for', { exact: true }).fill('1s');
  await waitFor('breathe', 'fetch');
  await add('noop', 'done');
  await waitFor('done', 'breathe');
  await waitFor('done', 'greet');
  expect(await names()).toEqual(['greet', 'repeat', 'fetch', 'breathe', 'done']);
  expect(await findViolations(page)).toEqual([]);

  // What would close a circle is refused, with the way it goes.
  await page.getByRole('link', { name: 'greet', exact: true }).click();
  await form('greet').getByLabel('Wait for another task').fill('breathe');
  await page.keyboard.press('Enter');
  await page.getByText('The tasks would wait for each other: greet → repeat → fetch → breathe → greet.').waitFor();

  // A name is mended wherever it stands.
  await page.getByRole('link', { name: 'fetch', exact: true }).click();
  await form('fetch').getByLabel('Name', { exact: true }).first().fill('load');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'breathe', exact: true }).click();
  await form('breathe').getByRole('button', { name: 'Do not wait for load' }).waitFor();

  await page.getByRole('link', { name: 'YAML' }).click();
  const text = page.locator('.cm-content');
  await expect.poll(() => text.innerText()).toContain('dependsOn: [breathe, greet]');
  expect(await text.innerText()).toContain('# What a task hands on is a parameter of those that wait for it.');
  expect(await text.innerText()).toContain('name: built');
  await settled();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'built', level: 1, exact: true }).waitFor();
  const run = await server.client.workflows.start('ui', 'built', {});
  await waitForRun(server.client, run, 'success');
  const { items } = await server.client.instances.tasks(run.id);
  expect(items.map(({ name }) => name).toSorted()).toEqual(['breathe', 'done', 'greet', 'load', 'repeat']);
});

it('undoes and redoes over all panes, keeps the choice in the address, and leads to what is wrong', async () => {
  const task = (name: string, dependsOn: string[] = []) => ({ name, type: 'shell', script: 'true', dependsOn });
  await server.client.workflows.create('ui', { name: 'panes', tasks: [task('a'), task('b', ['a']), task('c', ['b'])] });
  await page.goto('/p/ui/workflows/panes/edit?pane=tasks&task=b');
  await form('b').waitFor();
  await settled();

  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  expect(await names()).toEqual(['a', 'c']);
  await page.locator('main').press('Control+z');
  await expect.poll(names).toEqual(['a', 'b', 'c']);
  await page.locator('main').press('Control+Shift+z');
  await expect.poll(names).toEqual(['a', 'c']);
  await page.getByRole('link', { name: 'YAML' }).click();
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+z');
  await expect.poll(() => page.locator('.cm-content').innerText()).toContain('name: b');

  await page.getByRole('link', { name: /^Tasks \d/ }).click();
  await page.getByRole('link', { name: 'c', exact: true }).click();
  await expect.poll(() => new URL(page.url()).searchParams.get('task')).toBe('c');
  await page.reload();
  await form('c').waitFor();
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await form('c-2').waitFor();
  await page.getByRole('button', { name: 'Move up' }).click();
  expect(await names()).toEqual(['a', 'b', 'c-2', 'c']);

  // A field holds what was typed, and the server's word about it.
  await form('c-2').getByLabel('Times').fill('often');
  await form('c-2').getByText('Must be a number, not "often".').waitFor();
  await page.getByRole('link', { name: 'a', exact: true }).click();
  await form('a').waitFor();
  const problem = page.getByRole('status').getByRole('button', { name: /c-2.*retry\.times/ });
  await problem.click();
  await form('c-2').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await form('c-2').getByLabel('Times').fill('2');
  await settled();

  await page.setViewportSize({ width: 390, height: 800 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'panes', level: 1, exact: true }).waitFor();
  const { definition } = await server.client.workflows.get('ui', 'panes');
  expect((definition as { tasks: object[] }).tasks[2]).toMatchObject({
    name: 'c-2',
    dependsOn: ['b'],
    retry: { times: 2 },
  });
});

it('has a form for lists of maps, and a box for what has no form', async () => {
  await page.goto('/p/ui/workflows/new?pane=tasks');
  await settled();
  await add('switch', 'choose');
  await form('choose').getByRole('group', { name: 'cases 1' }).getByLabel('when').fill('1 > 0');
  await form('choose').getByRole('group', { name: 'cases 1' }).getByLabel('then').fill('behind');
  await add('noop', 'behind');
  await waitFor('behind', 'choose');
  await add('conditions', 'look');
  await waitFor('look', 'behind');
  await form('look').getByLabel('when').fill('{"task": "behind", "is": "success"}');
  await form('look').getByLabel('then', { exact: true }).fill('');
  await settled();
  await page.getByRole('link', { name: 'YAML' }).click();
  const text = page.locator('.cm-content');
  await expect.poll(() => text.innerText()).toContain('{ when: 1 > 0, then: behind }');
  expect(await text.innerText()).toContain('{ task: behind, is: success }');
  await page.keyboard.press('Escape');
});

it('connects, inserts, adds and removes in the graph, by pointer and by keys, and refuses circles on the way', async () => {
  const task = (name: string, dependsOn: string[] = []) => ({
    name,
    type: 'noop',
    ...(dependsOn[0] ? { dependsOn } : {}),
  });
  await server.client.workflows.create('ui', { name: 'drawn', tasks: [task('a'), task('b', ['a']), task('c')] });
  await page.goto('/p/ui/workflows/drawn/edit');
  await settled();
  const node = (name: string) =>
    page.getByRole('group', { name: /^Graph of tasks/ }).getByRole('button', { name: new RegExp(`^${name} `) });
  const exit = (name: string) => page.getByRole('button', { name: `Connect ${name} to a task that is to wait for it` });
  const middle = async (at: ReturnType<typeof node>) => {
    const { x, y, width, height } = (await at.boundingBox())!;
    return [x + width / 2, y + height / 2] as const;
  };
  const drag = async (from: string, to: string) => {
    await node(from).click();
    await page.mouse.move(...(await middle(exit(from))));
    await page.mouse.down();
    await page.mouse.move(...(await middle(node(to))), { steps: 5 });
  };

  await drag('b', 'c');
  await page.getByText('c will wait for b.').waitFor();
  await page.mouse.up();
  await exit('b').waitFor();
  await page.getByRole('button', { name: 'Insert a task between b and c' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await drag('c', 'a');
  await page.getByText('The tasks would wait for each other: a → b → c → a.').waitFor();
  await page.mouse.up();
  await page.getByRole('alert').getByText('The tasks would wait for each other').waitFor();

  // Between two tasks.
  await node('b').click();
  await page.getByRole('button', { name: 'Insert a task between b and c' }).click();
  await page.getByRole('dialog', { name: 'Insert a task between b and c' }).getByRole('combobox').fill('noop');
  await page.keyboard.press('Enter');
  await form('noop').waitFor();

  // By keys: behind the task that is selected, then a connection, then away with it.
  await node('a').focus();
  await page.keyboard.press('Enter');
  await form('a').waitFor();
  await node('a').press('a');
  await page.getByRole('dialog', { name: 'Add a task after a' }).getByRole('combobox').fill('noop');
  await page.keyboard.press('Enter');
  await form('noop-2').waitFor();
  await node('noop-2').press('c');
  await page.getByText('Choose the task that is to wait for noop-2.').waitFor();
  await node('c').press('Enter');
  await page.getByRole('button', { name: 'Insert a task between noop-2 and c' }).waitFor();
  await page.getByRole('button', { name: 'Insert a task between noop-2 and c' }).press('Delete');
  await expect.poll(() => page.getByRole('button', { name: 'Insert a task between noop-2 and c' }).count()).toBe(0);
  await node('noop-2').press('Delete');
  await expect.poll(() => node('noop-2').count()).toBe(0);
  await page.locator('main').press('Control+z');
  await node('noop-2').waitFor();
  await settled();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: 'drawn', level: 1, exact: true }).waitFor();
  const { definition } = await server.client.workflows.get('ui', 'drawn');
  expect((definition as { tasks: object[] }).tasks).toEqual([
    { name: 'a', type: 'noop' },
    { name: 'noop-2', type: 'noop', dependsOn: ['a'] },
    { name: 'b', type: 'noop', dependsOn: ['a'] },
    { name: 'noop', type: 'noop', dependsOn: ['b'] },
    { name: 'c', type: 'noop', dependsOn: ['noop'] },
  ]);
});
