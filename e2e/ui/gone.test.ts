/** What is not there, what is elsewhere, what has a very long name, and a browser that loses its network. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { findViolations, overflow } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

const LONG = '每晚汇总门店销售数据并核对库存差异'.repeat(12).slice(0, 200);

let desk: Desk;
let run: string;

beforeAll(async () => {
  desk = await openDesk();
  const { client } = desk.server;
  for (const name of ['shop', 'other']) await client.projects.create({ name });
  await client.workflows.create('shop', { name: LONG, tasks: [{ name: 'a', type: 'shell', script: 'exit 3' }] });
  await client.workflows.online('shop', LONG);
  run = (await client.workflows.start('shop', LONG)).id;
  await eventually('the run to fail', async () => (await client.instances.get(run)).state === 'failure');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('names what is not there, offers nothing that would need it, and leads on', async () => {
  const { page } = desk;
  await page.goto('/p/shop/workflows/nightly');
  await page.getByText('There is no “nightly” here').waitFor();
  expect(await page.locator('main').getByRole('link', { name: 'Run', exact: true }).count()).toBe(0);
  expect(await page.locator('main').getByRole('link', { name: 'Edit' }).count()).toBe(0);
  expect(await findViolations(page)).toEqual([]);
  await page.locator('main').getByRole('button', { name: 'Search' }).click();
  expect(await page.getByRole('combobox').inputValue()).toBe('nightly');
  await page.keyboard.press('Escape');

  await page.goto('/p/shop/runs/01jq8x6w4d2m5n7p9r3s6t8v0y');
  await page.getByText('There is no “01jq8x6w4d2m5n7p9r3s6t8v0y” here').waitFor();
  expect(await page.getByRole('link', { name: 'Events' }).count()).toBe(0);

  await page.goto('/nothing/like/that');
  await page.locator('main').getByRole('button', { name: 'Search' }).waitFor();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
});

it('leads to a run where it is, whatever project the address names', async () => {
  const { page } = desk;
  await page.goto(`/p/other/runs/${run}?view=events`);
  await page.waitForURL(`**/p/shop/runs/${run}?view=events`);
});

it('stands a name of 200 characters', async () => {
  const { page } = desk;
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of ['/', '/workflows?project=shop', `/p/shop/workflows/${LONG}`, '/runs', `/p/shop/runs/${run}`]) {
      await page.goto(path);
      await page.getByText(LONG.slice(0, 20)).first().waitFor({ state: 'attached' });
      expect(`${width} ${path.slice(0, 20)}: ${await overflow(page)}`).toBe(`${width} ${path.slice(0, 20)}: 0`);
    }
  }
  const head = await page.getByRole('heading', { level: 1 }).boundingBox();
  expect(head!.height).toBeLessThan(80);
  await page.setViewportSize({ width: 1440, height: 900 });
});

it('goes on with a server that can be reached when the browser calls itself offline', async () => {
  const { page } = desk;
  await page.goto('/workflows?project=shop');
  await page.getByText(LONG.slice(0, 20)).first().waitFor();
  // As a laptop without a network does that has the server on itself.
  await page.evaluate(
    'Object.defineProperty(navigator, "onLine", { get: () => false }); dispatchEvent(new Event("offline"))',
  );
  await page.getByRole('link', { name: 'Runs' }).first().click();
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  await page.getByText(LONG.slice(0, 20)).first().waitFor();
  await page.getByRole('status').filter({ hasText: 'Live' }).first().waitFor();
});
