/**
 * `npm run ui:pictures`: a picture of every page and dialog over a furnished server, in both modes, both languages and two widths, in
 * dist/ui-pictures. It fails only when a page cannot be shown. The browser tests take some of them as they go, so CI has these for nothing.
 */
import { rm } from 'node:fs/promises';
import { startTestServer, type TestServer } from '../e2e/support/server.ts';
import { admit, launchBrowser, type TestBrowser } from '../e2e/ui/browser.ts';
import { FURNISHED_ENV, furnish } from '../e2e/ui/furnish.ts';
import { openView, type View, viewsOf } from '../e2e/ui/gallery.ts';
import { folderOf, type Look, PICTURES, takePicture } from '../e2e/ui/pictures.ts';
import { ensureUi } from './build-ui.ts';

const LOOKS: readonly Look[] = (['light', 'dark'] as const).flatMap((mode) =>
  (['en-US', 'zh-CN'] as const).flatMap((locale) => [1440, 390].map((width) => ({ mode, locale, width }))),
);

/** @returns what could not be shown, and why. */
async function takeAll(
  server: TestServer,
  browser: TestBrowser,
  views: readonly View[],
  look: Look,
): Promise<string[]> {
  await using opened = await browser.open(server.url, { ...look, still: true });
  const { page } = opened;
  await admit(page, server);
  const failed: string[] = [];
  for (const [index, view] of views.entries()) {
    try {
      // What it says is said in English.
      await openView(page, look.locale === 'en-US' ? view : { ...view, shows: null });
      await takePicture(page, look, index, view);
    } catch (error) {
      failed.push(`${folderOf(look)}: ${view.name}: ${String(error).split('\n')[0]}`);
    }
  }
  console.log(`${folderOf(look)}: ${views.length - failed.length} pictures`);
  return failed;
}

const began = Date.now();
await ensureUi();
await rm(PICTURES, { recursive: true, force: true });
await using server = await startTestServer({ embeddedWorker: true, examples: true, env: FURNISHED_ENV });
await using browser = await launchBrowser();
const views = viewsOf(await furnish(server.client));
const failed: string[] = [];
// Two at a time: each waits for the server as long as it draws.
for (let i = 0; i < LOOKS.length; i += 2) {
  const pair = LOOKS.slice(i, i + 2).map((look) => takeAll(server, browser, views, look));
  failed.push(...(await Promise.all(pair)).flat());
}
for (const line of failed) console.error(line);
console.log(`${LOOKS.length * views.length - failed.length} pictures in ${Math.round((Date.now() - began) / 1000)} s`);
process.exitCode = failed.length > 0 ? 1 : 0;
