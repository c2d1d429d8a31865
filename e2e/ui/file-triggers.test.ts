/** A trigger that waits for files, in the browser: made, tried, watched by a real worker, and told what is wrong. */
import { mkdirSync, rmSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createScratch } from '../support/scratch.ts';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

const scratch = createScratch();
const IN = scratch.path('in');
let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;
/** Address of the trigger that is made here. */
let address = '';

beforeAll(async () => {
  mkdirSync(IN);
  scratch.write('in/old.csv', 'a');
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  await server.client.projects.create({ name: 'shop' });
  await server.client.workflows.create('shop', {
    name: 'import',
    params: [{ name: 'file', type: 'string', value: '' }],
    tasks: [{ name: 'load', type: 'noop' }],
  });
  await server.client.workflows.online('shop', 'import');
});
afterAll(async () => {
  await desk?.[Symbol.asyncDispose]();
  scratch[Symbol.dispose]();
});

const watchers = () => page.getByRole('region', { name: 'Who looks' });
const firings = () => page.getByRole('list', { name: 'What it has noticed' });

it('is made with a path, a group and what its runs are told; what is wrong stands at its field', async () => {
  await page.goto('/triggers?create=1&project=shop&workflow=import');
  const form = page.getByRole('dialog', { name: 'New trigger' });
  await form.getByRole('radio', { name: /A new file/ }).check();
  await form.getByLabel('Name', { exact: true }).fill('arrivals');
  await form.getByLabel('Path', { exact: true }).fill('in/*.csv');
  await form.getByLabel('Looks every').fill('10s');
  await form.getByLabel('Settled for').fill('0s');
  await form.getByRole('button', { name: 'Add: Parameters from the file' }).click();
  await form.getByLabel('Parameters from the file: Parameter 1').fill('file');
  await form.getByLabel('Parameters from the file: Of the file 1').selectOption('its path');
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the trigger' }).click();
  await form.locator('[aria-invalid="true"]').first().waitFor();
  expect(await form.getByLabel('Path', { exact: true }).getAttribute('aria-invalid')).toBe('true');
  expect(await findViolations(page)).toEqual([]);
  await form.getByLabel('Path', { exact: true }).fill(`${IN}/*.csv`);
  await form.getByRole('button', { name: 'Create the trigger' }).click();
  await page.getByRole('heading', { name: 'arrivals', level: 1 }).waitFor();
  address = new URL(page.url()).pathname;
  await page.goto('/triggers?kind=file');
  await page.getByText(`A new file: ${IN}/*.csv`).waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('says who looks; what was there before the first look starts nothing', async () => {
  await page.goto(address);
  await watchers().getByText('nothing wrong').waitFor();
  await watchers().getByText('1 file is known').waitFor();
  await firings().getByText('Seen', { exact: true }).waitFor();
  expect(await findViolations(page)).toEqual([]);
});

it('is tried: what is there now, and what a file that is made up would start', async () => {
  scratch.write('in/other.txt', 'a');
  await page.getByRole('button', { name: 'Try it' }).click();
  const trial = page.getByRole('dialog', { name: 'What would this start?' });
  await trial.getByRole('button', { name: 'Work it out' }).click();
  await trial.getByText('It would start nothing.').waitFor();
  await trial.getByText('0 files would be new.').waitFor();
  await trial.getByText(`${IN}/old.csv`).waitFor();
  expect(await trial.getByText('other.txt').count()).toBe(0);
  expect(await findViolations(page)).toEqual([]);
  await trial.getByLabel('A file that is made up').fill('/in/made-up.csv');
  await trial.getByRole('button', { name: 'Work it out' }).click();
  await trial.getByText('It would start a run.').waitFor();
  await trial.getByText('file = /in/made-up.csv').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await trial.getByRole('button', { name: 'Close' }).last().click();
});

it('a file that appears starts a run, which is told its path', async () => {
  scratch.write('in/new.csv', 'b');
  await firings().getByText('Run', { exact: true }).waitFor();
  await firings().getByText(`${IN}/new.csv`).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await firings().getByRole('link', { name: 'Open the run' }).click();
  await page.waitForURL(/\/p\/shop\/runs\//);
  const [run, ...others] = (await server.client.instances.list({ project: 'shop', workflow: 'import' })).items;
  expect(others).toEqual([]);
  expect((await server.client.instances.get(run!.id)).params).toMatchObject({ file: `${IN}/new.csv` });
});

it('says what the worker found wrong when the folder is gone', async () => {
  await page.goto(address);
  rmSync(IN, { recursive: true });
  await watchers().locator('.bad').waitFor();
  expect(await watchers().locator('.bad').textContent()).toContain(IN);
  expect(await findViolations(page)).toEqual([]);
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 390, locale: 'zh-CN', still: true });
  await narrow.page.goto('/login');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  await narrow.page.waitForURL(({ pathname }) => pathname === '/');
  for (const [path, text] of [
    ['/triggers?kind=file', '新文件'],
    [address, '由谁查看'],
  ] as const) {
    await narrow.page.goto(path);
    await narrow.page.getByText(text).first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b400\b/.test(error))).toEqual([]);
});
