import { expect, it } from 'vitest';
import { type ApiBench, openApi, read, taskRow } from '../testing/api-bench.ts';
import type { SearchHit, SearchView } from '../views/search.ts';

const found = async (api: ApiBench, q: string, more = '') =>
  (await read<SearchView>(await api.send('GET', `/api/v1/search?q=${encodeURIComponent(q)}${more}`))).items;
const texts = (hits: readonly SearchHit[]) =>
  hits.map(({ kind, projectName, workflowName, name }) =>
    [kind, projectName, workflowName, name].filter(Boolean).join(' '),
  );

it('finds what begins so, of all kinds, as many of each as are asked for', async () => {
  const api = await openApi();
  await api.createWorkflow();
  await api.createWorkflow('Daily', { name: 'daily-2', tasks: [{ name: 'n', type: 'noop' }] });
  await read(await api.send('POST', '/api/v1/task-groups', { body: { name: 'dailies', size: 2 } }), 201);
  await read(await api.send('POST', '/api/v1/worker-groups', { body: { name: 'daily-workers' } }), 201);
  expect(texts(await found(api, 'DAIL'))).toEqual([
    'project Daily',
    'workflow etl daily',
    'workflow Daily daily-2',
    'task_group dailies',
    'worker_group daily-workers',
  ]);
  expect(texts(await found(api, 'dail', '&limit=1'))).toEqual([
    'project Daily',
    'workflow etl daily',
    'task_group dailies',
    'worker_group daily-workers',
  ]);
  expect(await found(api, 'aily')).toEqual([]);
});

it('finds a run by its id and by its number, and a task by its id', async () => {
  const api = await openApi();
  await api.createWorkflow();
  const run = await api.master(await api.startRun(), { state: 'failure', number: 12 });
  const task = taskRow(run, { name: 'load', state: 'failure' });
  await api.master(run.id, {}, [task]);
  const hit = { kind: 'run', id: run.id, name: 'daily', projectName: 'etl', runId: run.id, state: 'failure' };
  expect(await found(api, run.id)).toMatchObject([hit]);
  expect(await found(api, run.id.toUpperCase())).toMatchObject([hit]);
  const number = (await api.store.instances.find(run.id))!.number;
  expect(await found(api, `daily#${number}`)).toMatchObject([{ ...hit, number }]);
  expect(await found(api, `daily #${number}`)).toMatchObject([hit]);
  expect(await found(api, 'daily#99')).toEqual([]);
  expect(await found(api, 'none#1')).toEqual([]);
});

it('takes no empty text, and says so', async () => {
  const api = await openApi();
  for (const query of ['', '?q=', '?q=%20', '?q=a&limit=51']) {
    expect((await api.send('GET', `/api/v1/search${query}`)).status).toBe(400);
  }
  expect((await api.send('GET', '/api/v1/search?q=a', { token: null })).status).toBe(401);
});
