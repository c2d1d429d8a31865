/** A run of a thousand tasks: each view of it draws what is seen, and reaches what is not. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { type Desk, openDesk } from './desk.ts';

const TASKS = 1_000;
/** Of a page, whatever it shows. */
const MOST_NODES = 2_500;

let desk: Desk;
let path: string;

beforeAll(async () => {
  desk = await openDesk();
  const { client } = desk.server;
  await client.projects.create({ name: 'big' });
  const tasks = Array.from({ length: TASKS }, (_, n) => ({ name: `t${String(n).padStart(4, '0')}`, type: 'noop' }));
  await client.workflows.create('big', { name: 'thousand', tasks });
  await client.workflows.online('big', 'thousand');
  const { id } = await client.workflows.start('big', 'thousand');
  await eventually('the run to end', async () => (await client.instances.get(id)).state === 'success');
  path = `/p/big/runs/${id}`;
}, 120_000);
afterAll(() => desk?.[Symbol.asyncDispose]());

const nodesOf = (page: Page) => page.evaluate<number>('document.querySelectorAll("*").length');
const scrollDown = (page: Page) => page.evaluate('document.querySelector("[data-scroll]").scrollTo(0, 1e9)');
/** All rows are as high as the window over them takes them to be: otherwise it would slip. */
const heightsOf = (page: Page) =>
  page.evaluate<number[]>(
    '[...new Set([...document.querySelectorAll("[data-scroll] tr[aria-rowindex]")].slice(1).map((row) => row.offsetHeight))]',
  );

it('lists its tasks and finds the last one', async () => {
  const { page } = desk;
  await page.goto(`${path}?view=tasks`);
  await page.getByRole('link', { name: 't0000' }).waitFor();
  expect(await heightsOf(page)).toEqual([36]);
  expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
  await scrollDown(page);
  await page.getByRole('link', { name: 't0999' }).waitFor();
  expect(await page.getByRole('row', { name: /t0999/ }).getAttribute('aria-rowindex')).toBe(String(TASKS + 1));
  expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
  await page.getByRole('searchbox', { name: 'Filter tasks' }).fill('t0500');
  await page.getByRole('link', { name: 't0500' }).click();
  await page.getByRole('heading', { name: 't0500', level: 2 }).waitFor();
});

it('lists its events, page after page', async () => {
  const { page } = desk;
  await page.goto(`${path}?view=events`);
  await page.getByRole('table', { name: 'Events' }).waitFor();
  for (let pages = 0; pages < 3; pages++) {
    await scrollDown(page);
    await page.getByRole('button', { name: 'Show more' }).click();
  }
  await expect.poll(() => page.getByRole('table', { name: 'Events' }).getAttribute('aria-rowcount')).not.toBe('101');
  expect(await heightsOf(page)).toEqual([46]);
  expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
});

it('draws it over time and as a graph', async () => {
  const { page } = desk;
  await page.goto(path);
  await page.getByRole('listbox').waitFor();
  expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
  await page.goto(`${path}?view=graph`);
  await page.locator('canvas').first().waitFor();
  expect(await nodesOf(page)).toBeLessThan(MOST_NODES);
});
