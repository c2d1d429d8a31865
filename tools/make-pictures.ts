/**
 * `npm run pictures`: takes the pictures in docs/pictures from the real UI, over a real server that has run the example
 * workflows. The views are those in which no path of the machine stands.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { waitForRun } from '../e2e/support/runs.ts';
import { startTestServer, type TestServer } from '../e2e/support/server.ts';
import { launchBrowser, type Mode, signIn } from '../e2e/ui/browser.ts';
import { ensureUi } from './build-ui.ts';
import { repoRoot } from './repo.ts';

const FOLDER = resolve(repoRoot, 'docs/pictures');
/** Everybody who opens the README loads them. */
const MOST_BYTES = 150 * 1024;
const SIZE = { width: 1280, height: 720 };
const MODES: readonly Mode[] = ['light', 'dark'];

interface View {
  readonly name: string;
  readonly path: string;
  /** Stands on the page once it is whole. */
  readonly shows: string;
}

/** Runs the examples, one after the other so that each has the worker for itself. */
async function runExamples({ client }: TestServer): Promise<readonly View[]> {
  const run = async (workflow: string, state: 'success' | 'failure') => {
    const started = await client.workflows.start('examples', workflow);
    await waitForRun(client, started, state, 60_000);
    return started.id;
  };
  for (const workflow of ['weather-report', 'parallel-fan', 'weather-report']) await run(workflow, 'success');
  const failed = await run('retry-and-failure', 'failure');
  const fan = await run('parallel-fan', 'success');
  return [
    { name: 'overview', path: '/', shows: 'parallel-fan' },
    { name: 'run', path: `/p/examples/runs/${fan}?task=join`, shows: 'Concert/Performance' },
    { name: 'failed-run', path: `/p/examples/runs/${failed}`, shows: 'movies are newer' },
  ];
}

async function take(page: Page, view: View, mode: Mode): Promise<void> {
  await page.goto(view.path);
  await page.getByText(view.shows).first().waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.evaluate('document.fonts.ready');
  const text = String(await page.evaluate('document.body.innerText'));
  if (text.includes(repoRoot)) throw new Error(`${view.name} shows a path of this machine: choose another view`);
  const picture = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  if (picture.length > MOST_BYTES) {
    throw new Error(`${view.name} in ${mode} is ${picture.length} bytes, more than ${MOST_BYTES}: show less of it`);
  }
  const file = `${view.name}-${mode}.png`;
  await writeFile(resolve(FOLDER, file), picture);
  console.log(`${file}  ${Math.round(picture.length / 1024)} KiB`);
}

await ensureUi();
await mkdir(FOLDER, { recursive: true });
await using server = await startTestServer({ embeddedWorker: true, examples: true });
const views = await runExamples(server);
await using browser = await launchBrowser();
for (const mode of MODES) {
  await using opened = await browser.open(server.url, { mode, ...SIZE, still: true });
  await signIn(opened.page, server.adminPassword);
  for (const view of views) await take(opened.page, view, mode);
}
