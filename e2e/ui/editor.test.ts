/** The editor when others save too, while one types, and when one comes back to what was not saved. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
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

let made = 0;
let workflow: string;
beforeEach(async () => {
  workflow = `shared-${++made}`;
  await server.client.workflows.create('ui', definition('echo first'));
});

const definition = (script: string) => ({ name: workflow, tasks: [{ name: 'greet', type: 'shell', script }] });
const theySave = (script: string) => server.client.workflows.save('ui', workflow, definition(script));
const newest = () => server.client.workflows.get('ui', workflow);
const scriptOf = async () => ((await newest()).definition as { tasks: { script: string }[] }).tasks[0]?.script;

const text = () => page.locator('.cm-content').innerText();
const saveButton = () => page.getByRole('button', { name: 'Save', exact: true });

async function openEditor(): Promise<void> {
  await page.goto(`/p/ui/workflows/${workflow}/edit?pane=yaml`);
  await page.locator('.cm-content').waitFor();
  await page.getByText('No problems found').waitFor();
}

/** At the end of the text. */
async function type(words: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(words);
}

async function replaceText(words: string): Promise<void> {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(words);
}

it('shows what somebody else has saved, and saves one’s own on top of it when that is wanted', async () => {
  await openEditor();
  await replaceText((await text()).replace('echo first', 'echo mine'));
  await theySave('echo theirs');
  await saveButton().click();
  const dialog = page.getByRole('dialog', { name: 'Changed by someone else' });
  await dialog.getByText('+    script: echo theirs').waitFor();
  await dialog.getByText('-    script: echo theirs').waitFor();
  await dialog.getByText('+    script: echo mine').waitFor();
  expect(await dialog.textContent()).toContain('saved version 2, while yours was made from version 1');
  expect(await scriptOf()).toBe('echo theirs');
  expect(await findViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });

  // Somebody is faster once more: that is shown too, before anything is replaced.
  await theySave('echo theirs again');
  await dialog.getByRole('button', { name: 'Save mine on top' }).click();
  await dialog.getByText('-    script: echo theirs again').waitFor();
  expect(await scriptOf()).toBe('echo theirs again');
  await dialog.getByRole('button', { name: 'Save mine on top' }).click();
  await page.getByRole('heading', { name: workflow, level: 1, exact: true }).waitFor();
  expect(await newest()).toMatchObject({ version: 4 });
  expect(await scriptOf()).toBe('echo mine');
});

it('takes theirs, and can have its own back by an undo', async () => {
  await openEditor();
  await type('# a remark\n');
  await theySave('echo theirs');
  await page.getByText('Someone saved version 2; this text was made from version 1.').waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  const dialog = page.getByRole('dialog', { name: 'Changed by someone else' });
  await dialog.getByText('Version 2 as a whole').click();
  await dialog.getByRole('button', { name: 'Take theirs' }).click();
  await expect.poll(text).toContain('echo theirs');
  expect(await text()).not.toContain('# a remark');
  await expect.poll(() => saveButton().isDisabled()).toBe(true);
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+z');
  await expect.poll(text).toContain('# a remark');
});

it('shows what a save would change before it is made', async () => {
  await openEditor();
  await replaceText((await text()).replace('echo first', 'echo second'));
  await page.getByRole('button', { name: 'Changes' }).click();
  const dialog = page.getByRole('dialog', { name: 'What a save would change' });
  await dialog.getByText('-    script: echo first').waitFor();
  await dialog.getByText('+    script: echo second').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { name: workflow, level: 1, exact: true }).waitFor();
  expect(await scriptOf()).toBe('echo second');
});

it('names what the server would refuse while one types, with a jump to the line, and saves nothing', async () => {
  await openEditor();
  await type('  - name: other\n    type: shel\n    script: echo other\n');
  const problem = page.getByRole('status').getByRole('button', { name: /^line \d+.*tasks\[1\]\.type/ });
  await problem.waitFor();
  await page.keyboard.press('Control+Home');
  await problem.click();
  await expect.poll(() => page.locator('.cm-activeLine').textContent()).toContain('shel');
  await page.keyboard.press('End');
  await page.keyboard.insertText('l');
  await page.getByText('No problems found').waitFor();
  await replaceText('# nothing but a remark\n');
  await page.getByText('1 problem', { exact: true }).waitFor();
  expect(await newest()).toMatchObject({ version: 1 });
  const { items } = await server.client.audit.list({ subject: `ui/${workflow}` });
  expect(items.map(({ action }) => action)).toEqual(['workflow.create']);
});

it('offers the draft of what was not saved, until it is saved or discarded', async () => {
  await openEditor();
  await type('# half a thought\n');
  await page.getByText('No problems found').waitFor();
  await openEditor();
  expect(await text()).not.toContain('# half a thought');
  await page.getByText('There is a draft made from version 1 that was not saved').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Go on with the draft' }).click();
  await expect.poll(text).toContain('# half a thought');

  // It stays made from its version, also when another one is newest by then.
  await replaceText((await text()).replace('echo first', 'echo mine'));
  await page.getByText('No problems found').waitFor();
  await theySave('echo theirs');
  await openEditor();
  await expect.poll(text).toContain('echo theirs');
  await page.getByRole('button', { name: 'Go on with the draft' }).click();
  await expect.poll(text).toContain('echo mine');
  await saveButton().click();
  const dialog = page.getByRole('dialog', { name: 'Changed by someone else' });
  await dialog.getByRole('button', { name: 'Save mine on top' }).click();
  await page.getByRole('heading', { name: workflow, level: 1, exact: true }).waitFor();
  await openEditor();
  expect(await page.getByText('There is a draft').count()).toBe(0);

  await type('# another thought\n');
  await page.getByText('No problems found').waitFor();
  await openEditor();
  await page.getByRole('button', { name: 'Discard the draft' }).click();
  await openEditor();
  expect(await page.getByText('There is a draft').count()).toBe(0);
});
