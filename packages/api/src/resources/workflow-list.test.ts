import { expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { WorkflowPage } from '../views/workflow.ts';
import type { WorkflowList } from '../views/workflow-list.ts';

const list = async (api: ApiBench, query = '') =>
  read<WorkflowList>(await api.send('GET', `/api/v1/workflows?${query}`));
const names = ({ items }: { items: readonly { name: string }[] }) => items.map(({ name }) => name).join(' ');
const tasks = [{ name: 'n', type: 'noop' }];

async function bench() {
  const api = await openApi();
  for (const [project, name] of [
    ['etl', 'Daily'],
    ['etl', 'daily-2'],
    ['etl', 'weekly'],
    ['web', 'daily'],
  ] as const) {
    await api.createWorkflow(project, { name, tasks });
  }
  return api;
}

it('lists workflows by name: of a project or of all, by how names begin, online or offline, page by page', async () => {
  const api = await bench();
  await read(await api.send('POST', '/api/v1/projects/etl/workflows/weekly/offline'));
  expect(names(await list(api))).toBe('Daily daily daily-2 weekly');
  expect(names(await list(api, 'project=etl&name=DAILY'))).toBe('Daily daily-2');
  expect(names(await list(api, 'online=false'))).toBe('weekly');
  expect(names(await list(api, 'online=true&project=etl'))).toBe('Daily daily-2');
  const first = await list(api, 'limit=2');
  expect(names(first)).toBe('Daily daily');
  const second = await list(api, `limit=2&cursor=${first.nextCursor}`);
  expect([names(second), second.nextCursor]).toEqual(['daily-2 weekly', null]);
  const plain = await api.send('GET', '/api/v1/projects/etl/workflows?name=da&online=true');
  expect(names(await read<WorkflowPage>(plain))).toBe('Daily daily-2');
  expect((await api.send('GET', '/api/v1/workflows?project=nowhere')).status).toBe(404);
  for (const query of ['limit=101', 'cursor=x', 'online=maybe', 'colour=red']) {
    expect((await api.send('GET', `/api/v1/workflows?${query}`)).status, query).toBe(400);
  }
});

it('says how each stands: its newest runs, and the schedule that starts it next', async () => {
  const api = await openApi();
  await api.createWorkflow();
  const { id } = await api.master(await api.startRun(), { state: 'success' });
  const add = async (name: string, cron: string, online: boolean) =>
    read(
      await api.send('POST', '/api/v1/projects/etl/workflows/daily/schedules', {
        body: { name, plan: { cron, timezone: 'UTC' }, start: { params: { day: 'x' } }, online },
      }),
      201,
    );
  expect((await list(api)).items[0]).toMatchObject({
    schedule: null,
    scheduleCount: 0,
    runs: [{ id, state: 'success' }],
  });
  await add('never', '0 13 * * *', false);
  expect((await list(api)).items[0]!.schedule).toMatchObject({ name: 'never', online: false, nextAt: null });
  await add('later', '0 20 * * *', true);
  await add('sooner', '0 18 * * *', true);
  const [item] = (await list(api, 'project=etl')).items;
  expect(item).toMatchObject({ projectName: 'etl', scheduleCount: 3 });
  expect(item!.schedule).toMatchObject({ name: 'sooner', online: true, nextAt: '2026-03-01T18:00:00.000Z' });
  expect(item!.schedule!.summary.en).not.toBe('');
  await read(await api.send('POST', '/api/v1/projects/etl/workflows/daily/offline'));
  expect((await list(api)).items[0]!.schedule).toMatchObject({ nextAt: null });
});
