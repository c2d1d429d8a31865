import type { WorkflowInstanceRow } from '@vaquita/core';
import { expect, it } from 'vitest';
import { type ApiBench, DEFINITION, openApi, read, START, taskRow } from '../testing/api-bench.ts';
import type { GridView } from '../views/workflow-grid.ts';

const PATH = '/api/v1/projects/etl/workflows/daily/grid';
const seen = async (api: ApiBench, query = '') => read<GridView>(await api.send('GET', `${PATH}${query}`));

let tasks = 0;
function task(run: WorkflowInstanceRow, name: string, change: Partial<Parameters<typeof taskRow>[1]> = {}) {
  tasks += 1;
  return taskRow(run, { id: `t${tasks}` as never, name, state: 'success', endedAt: START + 2_500, ...change });
}

async function run(api: ApiBench, change: Partial<WorkflowInstanceRow> = {}): Promise<WorkflowInstanceRow> {
  await api.clock.advance(1_000);
  return api.master(await api.startRun(), change);
}

it('shows how each task of each run stands, and what waits behind a failure', async () => {
  const api = await openApi();
  await api.createWorkflow();
  expect(await seen(api)).toMatchObject({
    tasks: [{ name: 'extract', type: 'shell', gone: false }, { name: 'load' }, { name: 'report' }],
    runs: [],
    nextCursor: null,
  });
  const good = await run(api, { state: 'success', startedAt: START, endedAt: START + 9_000 });
  await api.master(good.id, {}, [task(good, 'extract'), task(good, 'load'), task(good, 'report')]);
  const bad = await run(api, { state: 'failure', startedAt: START });
  await api.master(bad.id, {}, [
    task(bad, 'extract', { state: 'failure', current: false }),
    task(bad, 'extract', { state: 'failure', attempt: 2 }),
  ]);
  const now = await run(api, { state: 'running', startedAt: START });
  await api.master(now.id, {}, [task(now, 'extract', { state: 'running', endedAt: null })]);
  const view = await seen(api);
  expect(view.runs).toMatchObject([
    {
      number: 3,
      state: 'running',
      states: ['running', null, null],
      attempts: [1, 0, 0],
      durationsMs: [null, null, null],
    },
    { number: 2, state: 'failure', states: ['failure', 'blocked', 'blocked'], attempts: [2, 0, 0] },
    { number: 1, states: ['success', 'success', 'success'], durationsMs: [2_500, 2_500, 2_500], origin: null },
  ]);
  expect(JSON.stringify(view)).not.toContain('params');
});

it('keeps the rows of tasks that are gone, and knows what was switched off in the version of a run', async () => {
  const api = await openApi();
  await api.createWorkflow('etl', {
    ...DEFINITION,
    tasks: [DEFINITION.tasks[0], { name: 'load', type: 'noop', enabled: false }],
  });
  const old = await run(api, { state: 'failure' });
  await api.master(old.id, {}, [task(old, 'extract', { state: 'failure' }), task(old, 'vanished', { type: 'http' })]);
  await read(await api.send('PUT', '/api/v1/projects/etl/workflows/daily', { body: DEFINITION }));
  const part = await run(api, { state: 'failure', scope: 'only', startTasks: ['extract'] });
  await api.master(part.id, {}, [task(part, 'extract', { state: 'killed' })]);
  const view = await seen(api);
  expect(view.tasks.map(({ name, gone }) => [name, gone])).toEqual([
    ...[
      ['extract', false],
      ['load', false],
      ['report', false],
    ],
    ...[['vanished', true]],
  ]);
  // Of a run of one task nothing waits behind it.
  expect(view.runs[0]).toMatchObject({ version: 2, states: ['killed', null, null, null] });
  expect(view.runs[1]).toMatchObject({ version: 1, states: ['failure', 'disabled', null, 'success'] });
});

it('goes back run by run, and shows single runs', async () => {
  const api = await openApi();
  await api.createWorkflow();
  const [first, second, third] = [await run(api), await run(api), await run(api)];
  const newest = await seen(api, '?runs=2');
  expect(newest.runs.map(({ id }) => id)).toEqual([third.id, second.id]);
  const rest = await seen(api, `?runs=2&cursor=${newest.nextCursor}`);
  expect(rest).toMatchObject({ runs: [{ id: first.id }], nextCursor: null });
  const single = await seen(api, `?run=${first.id}&run=${third.id}&run=unknown`);
  expect(single.runs.map(({ id }) => id)).toEqual([third.id, first.id]);
  expect((await api.send('GET', `${PATH}?runs=101`)).status).toBe(400);
  expect((await api.send('GET', `${PATH}?cursor=nonsense`)).status).toBe(400);
  expect((await api.send('GET', '/api/v1/projects/etl/workflows/none/grid')).status).toBe(404);
  expect((await api.send('GET', PATH, { token: null })).status).toBe(401);
});

it('gives fewer runs of a workflow with thousands of tasks', async () => {
  const api = await openApi();
  const many = Array.from({ length: 4_000 }, (_, i) => ({ name: `t${i}`, type: 'noop' }));
  await api.createWorkflow('etl', { name: 'daily', tasks: many });
  for (let n = 0; n < 17; n++) {
    await api.clock.advance(1_000);
    await read(await api.send('POST', '/api/v1/projects/etl/workflows/daily/instances', { body: {} }), 202);
  }
  const view = await seen(api, '?runs=30');
  expect(view.runs).toHaveLength(15);
  expect(view.nextCursor).not.toBeNull();
});
