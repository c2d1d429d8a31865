/** What the tests of one file share: a server with a worker, a browser, and a page on which the admin is signed in. */
import type { Page } from 'playwright-core';
import { startTestServer, type TestServer, type TestServerOptions } from '../support/server.ts';
import { launchBrowser, type PageOptions, signIn, type TestBrowser, type TestPage } from './browser.ts';

export interface Desk extends AsyncDisposable {
  readonly server: TestServer;
  readonly browser: TestBrowser;
  readonly opened: TestPage;
  /** That of `opened`. */
  readonly page: Page;
}

/** `env`: further settings of the server. */
export async function openDesk(options: PageOptions & Pick<TestServerOptions, 'env'> = {}): Promise<Desk> {
  const [server, browser] = await Promise.all([
    startTestServer({ embeddedWorker: true, env: options.env ?? {} }),
    launchBrowser(),
  ]);
  let opened: TestPage | undefined;
  async function close(): Promise<void> {
    for (const one of [opened, browser, server]) await one?.[Symbol.asyncDispose]();
  }
  try {
    opened = await browser.open(server.url, options);
    await signIn(opened.page, server.adminPassword);
    return { server, browser, opened, page: opened.page, [Symbol.asyncDispose]: close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
