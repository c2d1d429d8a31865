/**
 * Pages of a server that has hardly anything, as on the first day: no accessibility violation, no sideways scrolling, no error. In the modes
 * that gallery.test.ts, which looks at all pages with data, has at other widths.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/poll.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { findViolations, launchBrowser, type Mode, overflow, signIn, type TestBrowser } from './browser.ts';

const DEFINITION = {
  name: 'pages',
  params: [{ name: 'who', type: 'string', value: 'world' }],
  tasks: [
    { name: 'greet', type: 'shell', script: 'echo "Hello, $who"; printf "\\033[33mcareful\\033[0m\\n"' },
    { name: 'break', type: 'shell', script: 'echo "about to fail"; exit 3', dependsOn: ['greet'] },
    { name: 'after', type: 'shell', script: 'echo never', dependsOn: ['break'] },
  ],
};

let server: TestServer;
let browser: TestBrowser;
let run: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer({ embeddedWorker: true, examples: true }), launchBrowser()]);
  const { client } = server;
  await client.projects.create({ name: 'ui' });
  await client.workflows.create('ui', DEFINITION);
  await client.workflows.online('ui', 'pages');
  run = (await client.workflows.start('ui', 'pages')).id;
  await eventually('the run to fail', async () => (await client.instances.get(run)).state === 'failure');
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.close();
});

const pages = (): Readonly<Record<string, { readonly path: string; readonly shows: string }>> => ({
  overview: { path: '/', shows: 'Failing workflows' },
  workflows: { path: '/workflows?project=ui', shows: 'Latest runs' },
  'all workflows': { path: '/workflows?all=1', shows: 'Latest runs' },
  import: { path: '/workflows?project=ui&import=1', shows: 'Drop files here' },
  projects: { path: '/projects', shows: 'Parameters' },
  'a project': { path: '/projects?edit=ui', shows: 'Add a parameter' },
  workflow: { path: '/p/ui/workflows/pages?task=break', shows: 'Waits for' },
  'workflow dependencies': { path: '/p/ui/workflows/pages/dependencies', shows: 'Nothing depends on it' },
  dependencies: { path: '/dependencies?project=ui', shows: 'No workflow of this project names another' },
  search: { path: '/search?q=pages', shows: 'pages' },
  start: { path: '/p/ui/workflows/pages?start=1', shows: 'Start the run' },
  yaml: { path: '/p/ui/workflows/pages?view=source', shows: 'about to fail' },
  editor: { path: '/p/ui/workflows/pages/edit', shows: 'No problems found' },
  'editor, text': { path: '/p/ui/workflows/pages/edit?pane=yaml', shows: 'No problems found' },
  'editor, graph': { path: '/p/ui/workflows/pages/edit?pane=graph', shows: 'No problems found' },
  runs: { path: '/runs', shows: 'Duration' },
  timeline: { path: `/p/ui/runs/${run}`, shows: 'about to fail' },
  graph: { path: `/p/ui/runs/${run}?view=graph`, shows: 'about to fail' },
  tasks: { path: `/p/ui/runs/${run}?view=tasks`, shows: 'about to fail' },
  events: { path: `/p/ui/runs/${run}?view=events`, shows: 'Detail' },
  parameters: { path: `/p/ui/runs/${run}?view=params`, shows: 'Start parameters' },
  'merged log': { path: `/p/ui/runs/${run}?view=log`, shows: 'break │ about to fail' },
  states: { path: `/p/ui/runs/${run}?view=machine`, shows: 'Taken so far' },
  past: { path: `/p/ui/runs/${run}?at=end`, shows: 'As it was at' },
  compare: { path: `/p/ui/runs/${run}?view=compare`, shows: 'This workflow has no other run yet' },
  groups: { path: '/task-groups', shows: 'No task group yet' },
  workers: { path: '/workers', shows: 'Heartbeat' },
  join: { path: '/workers?join=1', shows: 'Make the command' },
  alerts: { path: '/alerts', shows: 'No alerts yet' },
  channels: { path: '/alerts/channels', shows: 'No channel yet' },
  'new channel': { path: '/alerts/channels?create=1', shows: 'SMTP server' },
  'alert groups': { path: '/alerts/groups', shows: 'told where no other is named' },
  listeners: { path: '/listeners', shows: 'No listener yet' },
  'new listener': { path: '/listeners?create=1', shows: 'It hears of' },
  plugins: { path: '/listeners/plugins', shows: 'Comes with the server' },
  tokens: { path: '/tokens', shows: 'API tokens' },
  cluster: { path: '/system', shows: 'One server runs' },
  registry: { path: '/system/registry', shows: 'Session timeout' },
  retention: { path: '/system/history', shows: 'What would go now' },
  'tasks across runs': { path: '/tasks', shows: 'Submitted' },
  missing: { path: '/no/such/page', shows: 'Nothing here' },
});

const SIZES: readonly { readonly mode: Mode; readonly width: number }[] = [
  { mode: 'dark', width: 1440 },
  { mode: 'light', width: 390 },
];

describe.each(SIZES)('$mode at $width px', ({ mode, width }) => {
  it('has pages without violations', async () => {
    await using opened = await browser.open(server.url, { mode, width, still: true });
    const { page, errors } = opened;
    await page.goto('/login');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const found: string[] = (await findViolations(page)).map((line) => `login: ${line}`);
    await signIn(page, server.adminPassword);
    for (const [name, { path, shows }] of Object.entries(pages())) {
      await page.goto(path);
      await page.getByText(shows).first().waitFor({ state: 'attached' });
      await page.waitForLoadState('load');
      found.push(...(await findViolations(page)).map((line) => `${name}: ${line}`));
      const tooWide = await overflow(page);
      if (tooWide > 0) found.push(`${name}: ${tooWide} px wider than the window`);
    }
    expect(found).toEqual([]);
    expect(errors.filter((error) => !error.includes('404'))).toEqual([]);
  }, 120_000);
});

it('focuses the task that failed, and says why', async () => {
  await using opened = await browser.open(server.url);
  const { page } = opened;
  await signIn(page, server.adminPassword);
  await page.goto(`/p/ui/runs/${run}`);
  await page.getByRole('heading', { name: 'break', level: 2 }).waitFor();
  await expect.poll(() => page.getByRole('log').textContent()).toContain('about to fail');
  expect(await page.getByRole('option', { selected: true }).textContent()).toContain('break');
  // What the failure has held back stands on the same screen, and the head counts it.
  expect(await page.getByRole('option', { name: /^after/ }).textContent()).toContain('Blocked');
  await page.getByText('1 failed · 1 blocked · 1 success').waitFor();
  await page.getByRole('link', { name: 'Graph', exact: true }).click();
  await page.getByRole('button', { name: /^after/ }).click();
  await page.getByText('This task cannot start').waitFor();
});

it('comes back to the asked page after sign-in', async () => {
  await using opened = await browser.open(server.url);
  const { page } = opened;
  await page.goto('/workflows?project=ui');
  await page.waitForURL(/\/login\?to=/);
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Name or password is not right.').waitFor();
  await page.getByLabel('Password').fill(server.adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'pages', exact: true }).waitFor();
  await page.waitForURL(({ search }) => search === '?project=ui');
});

it('is reached by keyboard alone, and speaks Chinese', async () => {
  await using opened = await browser.open(server.url, { locale: 'zh-CN' });
  const { page } = opened;
  await page.goto('/login');
  await expect.poll(() => page.evaluate('document.activeElement?.getAttribute("name")')).toBe('name');
  await page.keyboard.type('admin');
  await page.keyboard.press('Tab');
  await page.keyboard.type(server.adminPassword);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '总览', level: 1 }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();
  await page.keyboard.type('pages');
  await page
    .getByRole('option', { name: /^pages/ })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^pages/, level: 1 }).waitFor();
});
