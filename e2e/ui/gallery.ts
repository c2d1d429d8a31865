/** Every page and dialog of the UI over a furnished server, in the order of the menu; routes that are not listed come last by themselves. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { eventually } from '../support/poll.ts';
import { REPO } from '../support/server.ts';
import { type Furnished, GREETS, LONG_NAME, PROJECT, WRITERS } from './furnish.ts';

export interface View {
  readonly name: string;
  readonly path: string;
  /** English text that stands there once it is whole; null: what is told by the absence of anything that loads is enough. */
  readonly shows: string | null;
  /** What has to be done for it to be seen. */
  readonly act?: (page: Page) => Promise<void>;
}

const at = (workflow: string, rest = '') => `/p/${PROJECT}/workflows/${encodeURIComponent(workflow)}${rest}`;

export function viewsOf(ids: Furnished): readonly View[] {
  const run = (id: string, query = '') => `/p/${PROJECT}/runs/${id}${query}`;
  const view = (name: string, path: string, shows: string | null, act?: View['act']): View =>
    act === undefined ? { name, path, shows } : { name, path, shows, act };
  const listed = [
    view('overview', '/', 'Failing workflows'),
    view('command palette', '/', null, (page) => press(page, 'Control+k')),
    view('keyboard help', '/', null, (page) => press(page, '?')),

    view('workflows', `/workflows?project=${PROJECT}`, 'Latest runs'),
    view('workflow', at('pages', '?task=break'), 'Waits for'),
    view('workflow with a long name', at(LONG_NAME), GREETS),
    view('workflow runs', at('pages', '?view=runs'), null),
    view('workflow source', at('pages', '?view=source'), 'about to fail'),
    view('workflow dependencies', at('again', '/dependencies'), 'pages'),
    view('workflow dependencies as a list', at('again', '/dependencies?view=list'), 'pages'),
    view('workflow grid', at('pages', '/grid'), null),
    view('workflow calendar', at('pages', '/calendar'), null),
    view('workflow statistics', at('pages', '/stats'), null),
    view('workflow versions', at('pages', '/versions'), null),
    view('workflow version graph', at('pages', '/versions?view=graph'), null),
    view('start', at('pages', '?start=1'), 'Start the run'),
    view('start with a long name', at(LONG_NAME, '?start=1'), 'Start the run'),
    view('editor', at('pages', '/edit'), 'No problems found'),
    view('editor, graph alone', at('pages', '/edit?pane=graph'), 'No problems found'),
    view('editor, tasks alone', at('pages', '/edit?pane=tasks&task=break'), 'No problems found'),
    view('editor, text alone', at('pages', '/edit?pane=yaml'), 'No problems found'),
    view('editor of an approval', at('waiting', '/edit?task=ok'), 'No problems found'),
    view('new workflow', `/p/${PROJECT}/workflows/new`, null),

    view('runs', '/runs', 'Duration'),
    view('runs that failed', '/runs?state=failure', 'Duration'),
    view('run timeline', run(ids.failed), 'about to fail'),
    view('run graph', run(ids.failed, '?view=graph'), 'about to fail'),
    view('run tasks', run(ids.failed, '?view=tasks'), 'about to fail'),
    view('run log', run(ids.failed, '?view=log'), 'break │ about to fail'),
    view('run states', run(ids.failed, '?view=machine'), 'Taken so far'),
    view('states of a task', run(ids.failed, '?view=machine&task=break'), 'Taken so far'),
    view('run source', run(ids.failed, '?view=source'), 'about to fail'),
    view('run compared', run(ids.failed, '?view=compare'), null),
    view('run in the past', run(ids.failed, '?at=end'), 'As it was at'),
    view('run events', run(ids.failed, '?view=events'), 'Detail'),
    view('run parameters', run(ids.failed, '?view=params'), 'Start parameters'),
    view('run with a long name', run(ids.long), 'about to fail'),
    view('run that waits', run(ids.waiting), null),

    view('outcome for many runs', '/bulk/gallery', null, (page) => keepBatch(page, ids.batch)),
    view('tasks of all runs', '/tasks', 'Submitted'),
    view('tasks that failed', '/tasks?state=failed', 'it ended with exit code 3'),
    view('dependencies', `/dependencies?project=${PROJECT}`, 'again'),
    view('dependencies as a list', `/dependencies?project=${PROJECT}&view=list`, 'again'),
    view('search', '/search?q=pages', 'pages'),
    view('search without a match', '/search?q=nothing-of-this-name', null),

    view('schedules', '/schedules', 'nightly'),
    view('new schedule', '/schedules?create=1', null),
    view('schedule', `/schedules/${ids.schedule}`, 'Europe/Berlin'),
    view('edit a schedule', `/schedules/${ids.schedule}?edit=1`, null),
    view('calendars', '/calendars', 'holidays'),
    view('new calendar', '/calendars?create=1', null),
    view('import a calendar', '/calendars?ics=1', null),
    view('calendar', '/calendars/holidays?month=2026-12', 'Christmas'),
    view('forecast', '/forecast', 'Next runs'),
    view('forecast as a table', '/forecast?view=table&days=3', 'Next runs'),
    view('backfills', '/backfills', 'steady'),
    view('backfill', `/backfills/${ids.backfill}`, 'steady'),
    view('new backfill', `/backfills/new?project=${PROJECT}&workflow=steady&from=2026-04-01&to=2026-04-05`, null),
    view('triggers', '/triggers', 'orders'),
    view('new trigger', '/triggers?create=1', null),
    view('trigger', `/triggers/${ids.trigger}`, 'orders'),
    view('file trigger', `/triggers/${ids.fileTrigger}`, 'arrivals'),

    view('task groups', '/task-groups', 'warehouse'),
    view('task group', '/task-groups?group=warehouse', WRITERS),
    view('new task group', '/task-groups?create=1', null),
    view('workers', '/workers', 'Heartbeat'),
    view('worker', `/workers/${ids.worker}`, 'embedded'),
    view('join a worker', '/workers?join=1', 'Make the command'),

    view('alerts', '/alerts', 'pages'),
    view('alert', `/alerts/${ids.alert}`, 'ops'),
    view('alert channels', '/alerts/channels', 'ops'),
    view('new alert channel', '/alerts/channels?create=1', 'SMTP server'),
    view('edit an alert channel', '/alerts/channels?edit=ops', null),
    view('alert groups', '/alerts/groups', 'night'),
    view('new alert group', '/alerts/groups?create=1', null),
    view('listeners', '/listeners', 'journal'),
    view('new listener', '/listeners?create=1', 'It hears of'),
    view('listener', '/listeners/journal', 'journal'),
    view('listener plugins', '/listeners/plugins', 'Comes with the server'),
    view('new listener plugin', '/listeners/plugins?create=1', null),

    view('environments', '/environments', 'prod'),
    view('environment', '/environments?show=prod', null),
    view('new environment', '/environments?create=1', null),
    view('secrets', '/secrets', 'shop-token'),
    view('new secret', '/secrets?create=1', null),
    view('system', '/system', 'One server runs'),
    view('registry', '/system/registry', 'Session timeout'),
    view('registry data', '/system/registry?view=data', null),
    view('registry locks', '/system/registry?view=locks', null),
    view('registry events', '/system/registry?view=events', null),
    view('retention', '/system/history', 'What would go now'),

    view('users', '/users', 'ann'),
    view('new user', '/users?create=1', null),
    view('user', '/users?user=ann', 'ann'),
    view('roles', '/roles', null),
    view('audit', '/audit', 'workflow.update'),
    view('audit entry', `/audit?entry=${ids.auditEntry}`, null),
    view('tokens', '/tokens', 'nightly-export'),
    view('own account', '/me', null),
    view('guide', '/help', 'Task groups'),
    view('search of the guide', '/help?q=catch+up', null),
    view('guide page', '/help/install', 'openssl rand'),
    view('missing page', '/no/such/page', 'Nothing here'),
    view('missing workflow', at('no-such-workflow'), null),
    view('missing run', run('01ARZ3NDEKTSV4RRFFQ69G5FAV'), null),
  ];
  return [...listed, ...othersThan(listed, ids)];
}

/** Opens it and waits until nothing of it loads any more. */
export async function openView(page: Page, { path, shows, act }: View): Promise<void> {
  await page.goto(path);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  if (shows !== null) await page.getByText(shows).first().waitFor({ state: 'attached' });
  await settled(page);
  if (act !== undefined) {
    await act(page);
    await settled(page);
  }
}

/** Parts come late, and each may ask for more: quiet is when three times in a row nothing is busy or only announced. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  let quiet = 0;
  await eventually(`${page.url()} to be quiet`, async () => {
    const isBusy = await page.evaluate<boolean>(`document.querySelector('[aria-busy="true"], .skeleton') !== null`);
    quiet = isBusy ? 0 : quiet + 1;
    return quiet > 2;
  });
}

async function keepBatch(page: Page, batch: Furnished['batch']): Promise<void> {
  await page.evaluate(`sessionStorage.setItem('vaquita.bulk.gallery', ${JSON.stringify(JSON.stringify(batch))})`);
  await page.reload();
  await page.getByRole('table').first().waitFor();
}

async function press(page: Page, key: string): Promise<void> {
  await page.keyboard.press(key);
  await page.getByRole('dialog').waitFor();
}

/** Those that lead on to another page, or can be seen by nobody who is signed in. */
const ELSEWHERE = new Set(['/login', '/setup', '/go/r/[run]']);

/** Routes of the sources that none of the views shows, each once and with what is there as its parameters. */
function othersThan(views: readonly View[], ids: Furnished): readonly View[] {
  const paths = views.map(({ path }) => path.split('?')[0]!);
  const values: Readonly<Record<string, string>> = {
    ...{ project: PROJECT, workflow: 'pages', run: ids.failed, worker: ids.worker, calendar: 'holidays' },
    ...{ schedule: ids.schedule, trigger: ids.trigger, backfill: ids.backfill, alert: ids.alert, listener: 'journal' },
  };
  return globSync('**/+page.svelte', { cwd: join(REPO, 'apps/web/src/routes') })
    .map(routeOf)
    .filter((route) => !ELSEWHERE.has(route) && !paths.some((path) => patternOf(route).test(path)))
    .map((route) => {
      const path = route.replaceAll(/\[(\w+)\]/g, (_, name: string) => values[name] ?? 'nothing-of-this-name');
      return { name: route.replaceAll(/[^\w]+/g, ' ').trim(), path, shows: null };
    });
}

/** `/p/[project]/workflows`, of the file in its folders. */
function routeOf(file: string): string {
  const folder = `/${file}`.replaceAll('\\', '/').replace(/\/\+page\.svelte$/, '');
  return folder.replaceAll(/\/\([^)]+\)/g, '') || '/';
}

function patternOf(route: string): RegExp {
  const parts = route.split('/').map((part) => {
    if (part.startsWith('[...')) return '.*';
    return part.startsWith('[') ? '[^/]+' : part;
  });
  return new RegExp(`^${parts.join('/')}$`);
}
