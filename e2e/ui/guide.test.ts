/** The guide in the browser: found from an empty page, searched, and read at the section that was looked for. */
import { expect, it } from 'vitest';
import { findViolations, overflow } from './browser.ts';
import { openDesk } from './desk.ts';

it('is led to by an empty page, searched, and read at the place that was found', async () => {
  await using desk = await openDesk({ still: true });
  const { page, opened } = desk;
  await page.goto('/task-groups');
  await page.getByRole('link', { name: 'Guide: task groups' }).click();
  await page.getByRole('heading', { name: 'Task groups', level: 1 }).waitFor();
  expect(await findViolations(page)).toEqual([]);

  await page.getByRole('main').getByRole('link', { name: 'Guide', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Search the guide' }).fill('below path host');
  await page.waitForURL(/q=below/);
  const found = page.getByRole('list', { name: 'Found' });
  expect(await findViolations(page)).toEqual([]);
  await found.getByRole('link', { name: 'Below a path of a host' }).click();
  await page.waitForURL(/\/help\/install#below-a-path-of-a-host$/);
  const heading = page.getByRole('heading', { name: 'Below a path of a host' });
  await expect.poll(() => heading.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(300);
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(await findViolations(page)).toEqual([]);

  await page.goto('/help?q=zzzz');
  await page.getByRole('strong').filter({ hasText: 'Nothing about “zzzz”' }).waitFor();
  await page.goto('/help/no-such-page');
  await page.getByText('There is no page “no-such-page” in the guide').waitFor();
  expect(opened.errors).toEqual([]);
});
