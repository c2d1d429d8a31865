/**
 * Every page and dialog over a furnished server. In English, light and wide, dark and narrow: axe finds nothing. In Chinese, as narrow as it
 * gets: no word of another language. Always: nothing is wider than the window, no error in the console, and at most 2,500 elements. The pictures
 * that are taken on the way are in dist/ui-pictures.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import { admit, findViolations, launchBrowser, overflow, type TestBrowser, type TestPage } from './browser.ts';
import { FURNISHED_ENV, furnish } from './furnish.ts';
import { openView, type View, viewsOf } from './gallery.ts';
import { type Look, takePicture } from './pictures.ts';

/** Of a page, whatever it shows. */
const MOST_NODES = 2_500;
/** Ends what hangs. */
const WITHIN_MS = 900_000;

let server: TestServer;
let browser: TestBrowser;
let views: readonly View[];

beforeAll(async () => {
  const options = { embeddedWorker: true, examples: true, env: FURNISHED_ENV };
  [server, browser] = await Promise.all([startTestServer(options), launchBrowser()]);
  views = viewsOf(await furnish(server.client));
}, 180_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.close();
});

/** Opens one view after the other as `first` says, and gives what `look` finds in them; it may change what does not need it loaded anew. */
async function walk(first: Look, look: (page: Page) => Promise<string[]>): Promise<readonly string[]> {
  const { locale, mode, width } = first;
  const found: string[] = [];
  await using opened: TestPage = await browser.open(server.url, { locale, mode, width, still: true });
  const { page, errors } = opened;
  await admit(page, server);
  for (const [index, view] of views.entries()) {
    const before = errors.length;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: mode });
    // What it says is said in English.
    await openView(page, locale === 'en-US' ? view : { ...view, shows: null });
    await takePicture(page, first, index, view);
    const nodes = await page.evaluate<number>('document.querySelectorAll("*").length');
    const lines = [...(nodes > MOST_NODES ? [`${nodes} elements`] : []), ...(await look(page))];
    // What is not there is answered so, and the browser notes it, maybe a moment later.
    const isMissing = views.slice(Math.max(0, index - 1), index + 1).some(({ name }) => name.startsWith('missing'));
    lines.push(...errors.slice(before).filter((error) => !(isMissing && error.includes('404'))));
    found.push(...lines.map((line) => `${view.name}: ${line}`));
  }
  return found;
}

async function tooWide(page: Page, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 900 });
  const by = await overflow(page);
  return by > 0 ? [`${by} px wider than a window of ${width} px`] : [];
}

/** Two words of Latin letters, one after the other, in what is seen or read out and is not said to be English. */
const ENGLISH_ON_PAGE = `(() => {
  const foreign = 'script, style, noscript, code, pre, [lang="en"], [role="log"], .cm-content';
  const found = [];
  const take = (element, text) => {
    if (/[A-Za-z]{2,} [A-Za-z]{2,}/.test(text ?? '') && !element.closest(foreign)) found.push(text.trim());
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) take(texts.currentNode.parentElement, texts.currentNode.textContent);
  for (const name of ['aria-label', 'aria-description', 'title', 'placeholder', 'alt'])
    for (const element of document.querySelectorAll('[' + name + ']')) take(element, element.getAttribute(name));
  return [...new Set(found)];
})()`;

/** The same in every language: names of products, what the server has named by itself, and the title of an alert as it was sent. */
const NAMES = [
  ...['Microsoft Teams', 'Prometheus Alertmanager', 'Redis Streams', 'Standard Webhooks', 'warehouse password'],
  ...['vaquita command on this machine', 'embedded worker', 'Told of the cluster itself'],
  ...['Workflows on real data'],
  'has failed',
];

describe.concurrent('every page and dialog', () => {
  it(
    'is clean and fits in a wide window',
    async () => {
      const found = await walk({ locale: 'en-US', mode: 'light', width: 1440 }, async (page) => [
        ...(await findViolations(page)),
        ...(await tooWide(page, 1440)),
      ]);
      expect(found).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'is clean and fits on a phone',
    async () => {
      const found = await walk({ locale: 'en-US', mode: 'dark', width: 390 }, async (page) => [
        ...(await findViolations(page)),
        ...(await tooWide(page, 390)),
        ...(await tooWide(page, 320)),
      ]);
      expect(found).toEqual([]);
    },
    WITHIN_MS,
  );

  it(
    'speaks Chinese throughout, and fits',
    async () => {
      const found = await walk({ locale: 'zh-CN', mode: 'dark', width: 320 }, async (page) => {
        const english = await page.evaluate<string[]>(ENGLISH_ON_PAGE);
        const lines = english
          .filter((text) => !NAMES.some((name) => text.includes(name)))
          .map((text) => `English: ${text}`);
        return [...lines, ...(await tooWide(page, 320)), ...(await tooWide(page, 1440))];
      });
      expect(found).toEqual([]);
    },
    WITHIN_MS,
  );
});
