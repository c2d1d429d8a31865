import { expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { ProblemView } from '../views/page.ts';
import type { ProjectView } from '../views/project.ts';

const PATH = '/api/v1/projects/etl';

async function bench(): Promise<ApiBench> {
  const api = await openApi();
  await api.createWorkflow();
  return api;
}

const patch = (api: ApiBench, params: unknown) => api.send('PATCH', PATH, { body: { params } });

it('are kept as texts with their types, and audited with what was before', async () => {
  const api = await bench();
  expect(await read(await api.send('GET', PATH))).toMatchObject({ params: [] });
  const given = [
    { name: 'bucket', value: 'orders', description: 'where files are' },
    { name: 'limit', type: 'integer', value: 500 },
    { name: 'day', type: 'date', value: '$[yyyy-MM-dd-1]' },
  ];
  const kept = [
    { name: 'bucket', type: 'string', value: 'orders', description: 'where files are' },
    { name: 'limit', type: 'integer', value: '500' },
    { name: 'day', type: 'date', value: '$[yyyy-MM-dd-1]' },
  ];
  expect((await read<ProjectView>(await patch(api, given))).params).toEqual(kept);
  expect((await read<ProjectView>(await api.send('GET', PATH))).params).toEqual(kept);
  await read(await api.send('PATCH', PATH, { body: { description: 'other' } }));
  expect((await read<ProjectView>(await patch(api, []))).params).toEqual([]);
  expect((await api.auditLog()).at(-1)).toMatchObject({
    action: 'project.update',
    data: { params: [], before: { description: 'other', params: kept } },
  });
});

it.each([
  [[{ name: 'a' }], 'params[0].value'],
  [[{ name: 'a b', value: '1' }], 'params[0].name'],
  [[{ name: 'a', type: 'integer', value: 'many' }], 'params[0].value'],
  [[{ name: 'a', type: 'number', value: '1' }], 'params[0].type'],
  [
    [
      { name: 'a', value: '1' },
      { name: 'a', value: '2' },
    ],
    'params[1].name',
  ],
  [[{ name: 'a', value: '${a}' }], 'params[0].value'],
  ['a=1', 'params'],
])('are not %j', async (params, path) => {
  const api = await bench();
  const { errors } = await read<ProblemView>(await patch(api, params), 400);
  expect(errors?.map((problem) => problem.path)).toContain(path);
  expect((await read<ProjectView>(await api.send('GET', PATH))).params).toEqual([]);
});
