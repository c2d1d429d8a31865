/** "My nightly job failed: find out why, and run it again from the task that failed." Three clicks, each counted. */
import { rmSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { define, waitForRun } from '../support/runs.ts';
import { append, createScratch } from '../support/scratch.ts';
import { findViolations } from './browser.ts';
import { openDesk } from './desk.ts';

const MOST_CLICKS = 3;

it('leads from the overview to why a run failed and on to its success in three clicks', async () => {
  const scratch = createScratch();
  onTestFinished(() => scratch[Symbol.dispose]());
  await using desk = await openDesk({ still: true });
  const { page, server } = desk;
  const { client } = server;
  const done = (task: string) => append(scratch, 'ledger', task);
  await define(client, {
    name: 'nightly',
    tasks: [
      { name: 'extract', type: 'shell', script: done('extract') },
      {
        name: 'load',
        type: 'shell',
        script: `test -e '${scratch.path('delivery')}' || { echo 'the delivery of the supplier is missing'; exit 4; }; ${done('load')}`,
        dependsOn: ['extract'],
      },
      { name: 'report', type: 'shell', script: done('report'), dependsOn: ['load'] },
    ],
  });
  // A night that went well, and the one that did not.
  scratch.open('delivery');
  await waitForRun(client, await client.workflows.start('behaviour', 'nightly'), 'success');
  rmSync(scratch.path('delivery'));
  const failed = await client.workflows.start('behaviour', 'nightly');
  await waitForRun(client, failed, 'failure');

  let clicks = 0;
  await page.exposeFunction('countClick', () => {
    clicks += 1;
  });
  await page.addInitScript(`addEventListener('click', ({ isTrusted, detail }) => {
    if (isTrusted && detail > 0) countClick();
  }, true)`);
  await page.goto('/');
  const began = Date.now();
  const seconds = () => ((Date.now() - began) / 1000).toFixed(1);

  await page.getByRole('region', { name: 'Failing workflows' }).getByRole('link', { name: 'nightly' }).first().click();

  // Which task, why, with which exit code, and what it said stand there without another click.
  await page.getByRole('heading', { name: 'load', level: 2 }).waitFor();
  await page.getByText('Exit code 4').first().waitFor();
  await page.getByText('CPU time').first().waitFor();
  await expect.poll(() => page.getByRole('log').textContent()).toContain('the delivery of the supplier is missing');
  expect(page.url()).toContain(failed.id);
  const known = `why it failed is known after ${seconds()} s and ${clicks} click`;
  expect(await findViolations(page)).toEqual([]);

  scratch.open('delivery');
  await page.getByRole('button', { name: 'Recover failed', exact: true }).click();
  await expect.poll(() => page.locator('h1 + *').textContent()).toContain('Success');
  process.stdout.write(`${known}, and the run has succeeded after ${seconds()} s and ${clicks} clicks\n`);
  expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
  // What had gone well was not done again.
  expect(scratch.lines('ledger')).toEqual(['extract', 'load', 'report', 'extract', 'load', 'report']);
});
