/** One worker on the page of workers: how it is, and what people decide about it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { connectRawWorker } from '../support/raw-worker.ts';
import type { TestServer } from '../support/server.ts';
import { makeWorkerToken } from '../support/worker.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
});
afterAll(() => desk?.[Symbol.asyncDispose]());

const card = (name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, level: 2, exact: true }) });

it('shows the figures of its heartbeat, and warns of a clock that is hours off', async () => {
  await page.goto('/workers');
  await card('embedded').getByText('Memory').waitFor();
  const token = await makeWorkerToken(server);
  const hello = { groups: ['late'], at: Date.now() + 7_200_000 };
  await using worker = await connectRawWorker({ url: server.url, token, name: 'wrong-clock', hello });
  await worker.hears('fault');
  await card('wrong-clock')
    .getByText(/Its clock is \d+h .*ahead of the server’s/)
    .waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
});

it('is drained with a reason, which all can read, and resumed', async () => {
  await card('embedded').getByRole('button', { name: 'Drain' }).click();
  const dialog = page.getByRole('dialog', { name: 'Drain embedded?' });
  await dialog.getByLabel('Reason').fill('new disks');
  expect(await findViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Drain' }).click();
  await card('embedded').getByText('Drained by admin').waitFor();
  await card('embedded').getByText('new disks').waitFor();
  await card('embedded').getByText('Draining', { exact: true }).waitFor();
  await card('embedded').getByRole('button', { name: 'Resume' }).click();
  await card('embedded').getByText('Online', { exact: true }).waitFor();
});

it('is given other slots and labels, and its own again', async () => {
  const { own } = await server.client.workers.get('embedded');
  await card('embedded').getByRole('button', { name: 'Configure embedded' }).click();
  const form = page.getByRole('dialog', { name: 'Configure embedded' });
  await form.getByLabel('Slots').fill('9');
  await form.getByLabel('Labels').fill('gpu');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('“gpu” is not of the form name=value').waitFor();
  await form.getByLabel('Labels').fill('gpu=true');
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Save' }).click();
  await card('embedded').getByText('gpu=true').waitFor();
  await card('embedded').getByText(`(started with ${own.slots})`).waitFor();
  expect(await server.client.workers.get('embedded')).toMatchObject({ slots: 9, labels: { gpu: 'true' } });
  await card('embedded').getByRole('button', { name: 'Configure embedded' }).click();
  await form.getByLabel('Slots').fill('');
  await form.getByLabel('Labels').fill('');
  await form.getByRole('button', { name: 'Save' }).click();
  await card('embedded').getByText('gpu=true').waitFor({ state: 'detached' });
  expect(await server.client.workers.get('embedded')).toMatchObject(own);
});

it('is sent away, and may come back', async () => {
  await card('embedded').getByRole('button', { name: 'Send away' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send embedded away?' });
  await dialog.getByRole('button', { name: 'Send away' }).click();
  await card('embedded').getByText('Sent away', { exact: true }).waitFor();
  await eventually('it to be offline', async () => (await server.client.workers.get('embedded')).state === 'offline');
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await signInChinese(narrow.page);
  await narrow.page.getByText('由 admin 驱逐').waitFor();
  expect(await findViolations(narrow.page)).toEqual([]);
  expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  await card('embedded').getByRole('button', { name: 'Resume' }).click();
  await card('embedded').getByText('Sent away', { exact: true }).waitFor({ state: 'detached' });
  expect((await server.client.workers.get('embedded')).decision).toMatchObject({ availability: 'available' });
  expect([...desk.opened.errors, ...narrow.errors]).toEqual([]);
});

async function signInChinese(narrow: Page): Promise<void> {
  await narrow.goto('/workers');
  await narrow.locator('input[name="name"]').fill('admin');
  await narrow.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.keyboard.press('Enter');
}
