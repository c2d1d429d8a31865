import type { WorkflowInstanceRow } from '@vaquita/core';
import { expect, it } from 'vitest';
import { type ApiBench, openApi, read, START, taskRow } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';
import type { TaskListPage } from '../views/task-list.ts';

const PATH = '/api/v1/task-instances';
const seen = async (api: ApiBench, query = '') => read<TaskListPage>(await api.send('GET', `${PATH}${query}`));
const ids = ({ items }: TaskListPage) => items.map(({ id }) => id);

function task(run: WorkflowInstanceRow, id: string, change: Partial<Parameters<typeof taskRow>[1]> = {}) {
  return taskRow(run, { id: id as never, name: id, state: 'success', endedAt: START + 2_500, ...change });
}

/** Two runs of etl/daily, one of other/daily, with a task each that failed. */
async function bench() {
  const api = await openApi();
  await api.createWorkflow();
  const [first, second] = [await api.startRun(), await api.startRun()];
  await api.master(first, { state: 'failure' });
  const rows = [await api.store.instances.find(first), await api.store.instances.find(second)];
  await api.master(first, {}, [
    task(rows[0]!, 't1'),
    task(rows[0]!, 't2', { state: 'failure', type: 'sql', exitCode: 3, workerName: 'rack-4' }),
  ]);
  await api.master(second, { state: 'running' }, [task(rows[1]!, 't3', { state: 'running', endedAt: null })]);
  return { api, first, second };
}

it('lists tasks of all runs, newest first, with the name of their run', async () => {
  const { api, second } = await bench();
  const all = await seen(api);
  expect(ids(all)).toEqual(['t3', 't2', 't1']);
  expect(all.items[0]).toMatchObject({
    ...{ name: 't3', state: 'running', endedAt: null },
    run: { id: second, projectName: 'etl', workflowName: 'daily', number: 2 },
  });
  const page = await seen(api, '?limit=2');
  expect(ids(page)).toEqual(['t3', 't2']);
  expect(ids(await seen(api, `?limit=2&cursor=${page.nextCursor}`))).toEqual(['t1']);
});

it('narrows the list by what is asked for', async () => {
  const { api } = await bench();
  expect(ids(await seen(api, '?state=failure'))).toEqual(['t2']);
  expect(ids(await seen(api, '?state=failure,running'))).toEqual(['t3', 't2']);
  expect(ids(await seen(api, '?type=sql'))).toEqual(['t2']);
  expect(ids(await seen(api, '?project=etl&workflow=daily&state=success'))).toEqual(['t1']);
  await read(await api.send('POST', '/api/v1/projects', { body: { name: 'empty' } }), 201);
  expect(await seen(api, '?project=empty')).toEqual({ items: [], nextCursor: null });
});

it('says what is wrong with a filter', async () => {
  const { api } = await bench();
  const wrong = async (query: string, status: number) =>
    (await read<ProblemView>(await api.send('GET', `${PATH}${query}`), status)).detail;
  expect(await wrong('?project=nowhere', 404)).toContain('nowhere');
  expect(await wrong('?worker=nobody', 404)).toContain('nobody');
  expect(await wrong('?workflow=daily', 400)).toContain('not valid');
  await wrong('?state=weird', 400);
  await wrong('?cursor=%3F', 400);
});
