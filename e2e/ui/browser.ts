/** A real Chromium for the UI tests, one page at a time, with its console watched and axe at hand. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Mode = 'light' | 'dark';

export interface PageOptions {
  readonly mode?: Mode;
  readonly width?: number;
  readonly height?: number;
  readonly locale?: string;
  /** What people set who want no motion; axe then never sees a dialog half faded in. */
  readonly still?: boolean;
}

export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors of the page and of its console, requests refused by the content security policy among them. */
  readonly errors: readonly string[];
}

export interface TestBrowser extends AsyncDisposable {
  open(baseUrl: string, options?: PageOptions): Promise<TestPage>;
}

export async function launchBrowser(): Promise<TestBrowser> {
  const executablePath = process.env.VAQUITA_CHROMIUM ?? CANDIDATES.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error('The UI tests need Chromium: run them with npm run e2e:ui, which finds or installs it.');
  }
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS });
  return {
    async open(baseURL, { mode = 'light', width = 1440, height = 900, locale = 'en-US', still = false } = {}) {
      const context = await browser.newContext({
        baseURL,
        viewport: { width, height },
        colorScheme: mode,
        locale,
        reducedMotion: still ? 'reduce' : 'no-preference',
      });
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        // The first request of a visitor who is not signed in is refused: that is how the page learns it.
        if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
      });
      return { page, errors, [Symbol.asyncDispose]: () => context.close() };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

export async function signIn(page: Page, password: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}

/** Signed in without the form, in whatever language the page speaks. @param url of the server. */
export async function admit(
  page: Page,
  { url, adminPassword }: { readonly url: string; readonly adminPassword: string },
): Promise<void> {
  const answer = await page.request.post(`${url}/api/v1/session`, {
    headers: { origin: url },
    data: { name: 'admin', password: adminPassword },
  });
  if (!answer.ok()) throw new Error(`The sign-in was answered with ${answer.status()}: ${await answer.text()}`);
}

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong on the page, one line for each rule. */
export async function findViolations(page: Page): Promise<string[]> {
  // Evaluated from outside the page, where its content security policy does not reach.
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(await readFile(axeFile, 'utf8'));
  return page.evaluate(async (tags) => {
    interface Axe {
      run(
        root: unknown,
        options: { runOnly: readonly string[] },
      ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
    }
    const { axe } = globalThis as unknown as { axe: Axe };
    const { document } = globalThis as unknown as { document: unknown };
    const { violations } = await axe.run(document, { runOnly: tags });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} (${nodes.length}) ${nodes[0]?.failureSummary}`,
    );
  }, RULES);
}

/** How many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth');
}
