/** Calendars in the browser: days are pressed in and out by month, a file is looked at before it is taken, schedules leave days out. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestServer } from '../support/server.ts';
import { findViolations, overflow, type TestBrowser } from './browser.ts';
import { type Desk, openDesk } from './desk.ts';

const FILE = `BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20301225
DTEND;VALUE=DATE:20301227
SUMMARY:Christmas
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Without a time
END:VEVENT
END:VCALENDAR
`.replaceAll('\n', '\r\n');

let desk: Desk;
let server: TestServer;
let browser: TestBrowser;
let page: Page;

beforeAll(async () => {
  desk = await openDesk({ still: true });
  ({ server, browser, page } = desk);
  await server.client.projects.create({ name: 'reports' });
  await server.client.workflows.create('reports', { name: 'load', tasks: [{ name: 'fetch', type: 'noop' }] });
  await server.client.workflows.online('reports', 'load');
});
afterAll(() => desk?.[Symbol.asyncDispose]());

it('a calendar is made, and days of a month are pressed in and out', async () => {
  await page.goto('/calendars');
  await page.getByText('No calendar yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('main').getByRole('link', { name: 'New calendar' }).first().click();
  const form = page.getByRole('dialog', { name: 'New calendar' });
  await form.getByLabel('Calendar').fill('holidays');
  await form.getByRole('button', { name: 'Create the calendar' }).click();
  await page.getByRole('heading', { name: 'holidays', level: 1 }).waitFor();

  await page.goto('/calendars/holidays?month=2030-12');
  await page.getByRole('heading', { name: 'December 2030' }).waitFor();
  await page.getByLabel('Title for new days').fill('Feast');
  await page.getByRole('button', { name: 'Tuesday, December 24, 2030: not in it' }).click();
  await page.getByRole('button', { name: 'Tuesday, December 24, 2030: Feast' }).waitFor();
  // The arrow keys go on from the day that was pressed.
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Wednesday, December 25, 2030: Feast' }).click();
  await page.getByText('2030-12-25 is taken out.').waitFor();
  await page.getByRole('checkbox', { name: 'Sunday' }).check();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The calendar is saved.').waitFor();
  expect(await server.client.calendars.get('holidays')).toMatchObject({
    weekdays: [0],
    entries: [{ title: 'Feast', from: '2030-12-24', to: '2030-12-24', yearly: false }],
  });
});

it('entries of every year are added by hand, and what is not saved can be given up', async () => {
  await page.getByText('Add an entry').click();
  await page.getByLabel('Title', { exact: true }).fill('New year');
  await page.getByLabel('From').fill('2030-12-31');
  await page.getByLabel('To', { exact: true }).fill('2031-01-01');
  await page.getByLabel('Every year').check();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('button', { name: 'Take out Feast' }).click();
  await page.getByRole('button', { name: 'Next month' }).click();
  await page.getByRole('button', { name: 'Wednesday, January 1, 2031: New year' }).waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByText('Not saved yet').waitFor({ state: 'detached' });
  expect((await server.client.calendars.get('holidays')).entries).toHaveLength(1);
});

it('what is not saved is not left by accident', async () => {
  const day = page.getByRole('button', { name: 'Thursday, January 2, 2031: not in it' });
  await day.click();
  await page.getByRole('link', { name: 'Calendars' }).first().click();
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await question.waitFor();
  expect(await findViolations(page)).toEqual([]);
  await question.getByRole('button', { name: 'Cancel' }).click();
  // Another month is still the same calendar.
  await page.getByRole('button', { name: 'Next month' }).click();
  await page.getByRole('heading', { name: 'February 2031' }).waitFor();
  await page.getByText('Not saved yet').waitFor();
  expect(await page.getByRole('button', { name: 'Name and description' }).isDisabled()).toBe(true);
  await page.getByRole('link', { name: 'Calendars' }).first().click();
  await question.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'Calendars', level: 1 }).waitFor();
  expect((await server.client.calendars.get('holidays')).entries).toHaveLength(1);
});

it('somebody else’s change is not overwritten', async () => {
  await page.goto('/calendars/holidays?month=2030-12');
  await page.getByRole('button', { name: 'Thursday, December 26, 2030: not in it' }).click();
  await server.client.calendars.update('holidays', { weekdays: [0, 6] });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').first().waitFor();
  await page.getByText('Not saved yet').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  expect((await server.client.calendars.get('holidays')).weekdays).toEqual([0, 6]);
});

it('a file is shown before it is taken, with what is left out and why', async () => {
  await page.goto('/calendars?ics=1');
  const form = page.getByRole('dialog', { name: 'Import an ICS file' });
  await form.getByRole('button', { name: 'Show what is taken' }).click();
  await form.getByText('Choose a file').waitFor();
  await form.getByLabel('Into the calendar').fill('public');
  await form
    .getByLabel('File', { exact: true })
    .setInputFiles({ name: 'public.ics', mimeType: 'text/calendar', buffer: Buffer.from(FILE) });
  await form.getByRole('button', { name: 'Show what is taken' }).click();
  await form.getByText('1 entry from the file').waitFor();
  await form.getByText('Christmas').waitFor();
  await form
    .getByText(/1 event left out/)
    .first()
    .waitFor();
  expect(await findViolations(page)).toEqual([]);
  expect((await server.client.calendars.list()).items.map(({ name }) => name)).toEqual(['holidays']);
  await form.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('heading', { name: 'public', level: 1 }).waitFor();
  expect((await server.client.calendars.get('public')).entries).toMatchObject([{ from: '2030-12-25' }]);
});

it('a schedule that leaves it out shows the days it skips, and the calendar is kept while it is used', async () => {
  await page.goto('/schedules?project=reports&workflow=load&create=1');
  const form = page.getByRole('dialog', { name: 'New schedule' });
  await form.getByLabel('Name', { exact: true }).fill('weekly');
  await form.getByLabel('Time zone').fill('UTC');
  await form.getByLabel('Cron expression').fill('0 8 * * SUN');
  await form.locator('summary', { hasText: 'Calendars' }).click();
  await form
    .getByRole('group', { name: 'Never fire in' })
    .getByLabel(/holidays/)
    .check();
  await form
    .getByText(/skipped by a calendar: .*Sunday/)
    .first()
    .waitFor();
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Create the schedule' }).click();
  await page.getByRole('heading', { name: 'weekly', level: 1 }).waitFor();
  await page.getByRole('link', { name: 'holidays' }).click();
  await page.getByRole('region', { name: 'Used by' }).getByRole('link', { name: 'weekly' }).waitFor();
  await page.getByRole('button', { name: 'Delete holidays' }).click();
  const question = page.getByRole('dialog', { name: 'Delete calendar holidays?' });
  await question.getByRole('button', { name: 'Delete the calendar' }).click();
  await question.getByRole('alert').waitFor();
});

it('is clean on a narrow dark screen, in Chinese', async () => {
  await using narrow = await browser.open(server.url, { mode: 'dark', width: 320, locale: 'zh-CN', still: true });
  await narrow.page.goto('/calendars');
  await narrow.page.locator('input[name="name"]').fill('admin');
  await narrow.page.locator('input[name="password"]').fill(server.adminPassword);
  await narrow.page.keyboard.press('Enter');
  for (const [path, text] of [
    ['/calendars', '1 个定时计划'],
    ['/calendars?ics=1', '导入 ICS 文件'],
    ['/calendars/holidays?month=2030-12', '2030年12月'],
  ] as const) {
    if (path !== '/calendars') await narrow.page.goto(path);
    await narrow.page.getByText(text).first().waitFor();
    expect(await findViolations(narrow.page)).toEqual([]);
    expect(await overflow(narrow.page)).toBeLessThanOrEqual(0);
  }
  expect(narrow.errors).toEqual([]);
  // What was refused on purpose is said by the browser too.
  expect(desk.opened.errors.filter((error) => !/\b(400|409|412)\b/.test(error))).toEqual([]);
});
