/** The first thing a person does: sign in, start the weather example, watch it turn green, read its figures in the log. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REPO, startTestServer, type TestServer } from '../support/server.ts';
import { launchBrowser, signIn, type TestBrowser } from './browser.ts';

const DATA = join(REPO, 'node_modules/vega-datasets/data');

let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer({ embeddedWorker: true, examples: true }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.close();
});

/** Days and mean highest temperature of a city, straight from the file: another way than the workflow's. */
function figuresOf(city: string): { readonly days: number; readonly meanHigh: string } {
  const highs = readFileSync(join(DATA, 'weather.csv'), 'utf8')
    .split('\n')
    .map((line) => line.split(','))
    .filter((cells) => cells[0] === city)
    .map((cells) => Number(cells[3]));
  return { days: highs.length, meanHigh: (highs.reduce((sum, high) => sum + high, 0) / highs.length).toFixed(2) };
}

it('runs the weather example and shows its figures', async () => {
  await using opened = await browser.open(server.url);
  const { page, errors } = opened;
  await signIn(page, server.adminPassword);

  await page.getByRole('link', { name: 'Workflows', exact: true }).click();
  await page.getByRole('link', { name: 'weather-report', exact: true }).click();
  await page.getByRole('button', { name: /^figures/ }).waitFor();
  await page.getByRole('link', { name: 'Run', exact: true }).click();

  const sheet = page.getByRole('dialog', { name: 'Run weather-report' });
  await sheet.getByLabel('outputDir').fill(join(server.dataDir, 'out'));
  await sheet.getByRole('button', { name: 'Start the run' }).click();

  await page.getByRole('heading', { name: /^weather-report/, level: 1 }).waitFor();
  const state = page.locator('h1 + *');
  await expect.poll(() => state.textContent(), { timeout: 45_000, interval: 100 }).toContain('Success');

  // The graph is green as well: every task in words, not only in colour.
  await page.getByRole('link', { name: 'Graph', exact: true }).click();
  const tasks = page.getByRole('group', { name: /^Graph of tasks/ }).getByRole('button');
  await tasks.first().waitFor();
  await expect.poll(() => tasks.filter({ hasNotText: 'Success' }).count()).toBe(0);

  await tasks.filter({ hasText: 'figures' }).click();
  const log = page.getByRole('log');
  for (const city of ['Seattle', 'New York']) {
    const { days, meanHigh } = figuresOf(city);
    await expect.poll(() => log.textContent()).toContain(`${city}: ${days} days`);
    expect(await log.textContent()).toContain(meanHigh);
  }
  expect(errors).toEqual([]);
});

it('finds text in the log and links to its line', async () => {
  await using opened = await browser.open(server.url);
  const { page } = opened;
  await signIn(page, server.adminPassword);
  await page
    .getByRole('link', { name: /weather-report/ })
    .last()
    .click();
  await page.getByRole('option', { name: /^figures/ }).click();
  const log = page.getByRole('log');
  await expect.poll(() => log.textContent()).toContain('precipitation');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('wettest');
  await expect.poll(() => page.getByText(/^1 of \d+$/).count()).toBe(1);
  await log.getByRole('link', { name: '2', exact: true }).click();
  await expect.poll(() => new URL(page.url()).hash).toBe('#L2');
});
