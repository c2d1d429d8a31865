import { expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { DependencyView } from '../views/dependencies.ts';

const dependent = (workflow: string, more: object = {}) => ({
  name: 'wait',
  type: 'dependent',
  on: [{ workflow, range: 'today', ...more }],
});

/** a ← b ← c ← d, and a starts x of another project. */
async function chain(): Promise<ApiBench> {
  const api = await openApi();
  await api.createWorkflow('other', { name: 'x', tasks: [{ name: 'n', type: 'noop' }] });
  await api.createWorkflow('etl', {
    name: 'a',
    tasks: [{ name: 'child', type: 'sub_workflow', workflow: 'x', project: 'other' }],
  });
  for (const [name, upstream] of [
    ['b', 'a'],
    ['c', 'b'],
    ['d', 'c'],
  ] as const) {
    await api.createWorkflow('etl', { name, tasks: [dependent(upstream)] });
  }
  return api;
}

const around = async (api: ApiBench, workflow: string, depth?: number) =>
  read<DependencyView>(
    await api.send('GET', `/api/v1/projects/etl/workflows/${workflow}/dependencies${depth ? `?depth=${depth}` : ''}`),
  );

function sentences({ nodes, links }: DependencyView): string[] {
  const nameOf = new Map(nodes.map(({ key, name }) => [key, name]));
  return links.map(({ from, to, kind }) => `${nameOf.get(from)} ${kind} ${nameOf.get(to)}`).sort();
}

it('follows links both ways as far as it is asked to, each link once', async () => {
  const api = await chain();
  expect(sentences(await around(api, 'b', 1))).toEqual(['a dependent b', 'b dependent c']);
  expect(sentences(await around(api, 'b'))).toEqual([
    'a dependent b',
    'a sub_workflow x',
    'b dependent c',
    'c dependent d',
  ]);
  const all = await around(api, 'd', 10);
  expect(sentences(all)).toEqual(['a dependent b', 'a sub_workflow x', 'b dependent c', 'c dependent d']);
  expect(all.cutShort).toBe(false);
  expect(all.nodes.map(({ name, projectName, online }) => [name, projectName, online])).toContainEqual([
    'x',
    'other',
    true,
  ]);
  expect(all.links.find(({ kind }) => kind === 'sub_workflow')).toMatchObject({
    task: 'child',
    enabled: true,
    trigger: null,
  });
});

it('goes round a ring once, and has a workflow without links stand alone', async () => {
  const api = await openApi();
  await api.createWorkflow('etl', { name: 'a', tasks: [dependent('b')] });
  await api.createWorkflow('etl', { name: 'b', tasks: [dependent('a')] });
  await api.createWorkflow('etl', { name: 'alone', tasks: [{ name: 'n', type: 'noop' }] });
  expect(sentences(await around(api, 'a', 10))).toEqual(['a dependent b', 'b dependent a']);
  const alone = await around(api, 'alone');
  expect(alone).toMatchObject({ nodes: [{ name: 'alone', newestRun: null }], links: [] });
});

it('names what is not there, and shows how the newest run of each stands', async () => {
  const api = await openApi();
  await api.createWorkflow();
  await api.createWorkflow('etl', { name: 'asks', tasks: [dependent('daily'), { ...dependent('gone'), name: 'w2' }] });
  await api.startRun();
  await api.clock.advance(1_000);
  const { id } = await api.master(await api.startRun(), { state: 'failure' });
  const view = await around(api, 'asks');
  expect(view.nodes.find(({ name }) => name === 'gone')).toEqual({
    ...{ key: 'etl/gone', id: null, name: 'gone', projectName: 'etl', online: false, newestRun: null },
  });
  expect(view.nodes.find(({ name }) => name === 'daily')?.newestRun).toMatchObject({ id, state: 'failure' });
});

it('shows all links of a project, those of triggers too, and not those of others', async () => {
  const api = await chain();
  await api.createWorkflow('other', {
    name: 'y',
    tasks: [{ name: 'sub', type: 'dynamic', workflow: 'x', lists: [{ name: 'n', values: ['1'] }] }],
  });
  await read(
    await api.send('POST', '/api/v1/projects/etl/workflows/a/triggers', {
      body: { name: 'follow', config: { kind: 'after_workflow', workflow: 'd', on: 'failure' } },
    }),
    201,
  );
  const ofProject = async (project: string) =>
    read<DependencyView>(await api.send('GET', `/api/v1/projects/${project}/dependencies`));
  const etl = await ofProject('etl');
  expect(sentences(etl)).toEqual([
    'a dependent b',
    'a sub_workflow x',
    'b dependent c',
    'c dependent d',
    'd after_workflow a',
  ]);
  expect(etl.links.find(({ kind }) => kind === 'after_workflow')).toMatchObject({
    ...{ task: null, range: 'failure', trigger: { name: 'follow' } },
  });
  expect(sentences(await ofProject('other'))).toEqual(['a sub_workflow x', 'y dynamic x']);
});

it('cuts a very wide net short and says so', async () => {
  const api = await openApi();
  await api.createWorkflow('etl', { name: 'hub', tasks: [{ name: 'n', type: 'noop' }] });
  for (let n = 0; n < 3; n++) {
    const on = Array.from({ length: 250 }, (_, k) => ({ workflow: `none-${n}-${k}`, range: 'today' }));
    await api.createWorkflow('etl', {
      name: `asks-${n}`,
      tasks: [{ name: 'w', type: 'dependent', on: [{ workflow: 'hub', range: 'today' }, ...on] }],
    });
  }
  const view = await around(api, 'hub');
  expect(view.cutShort).toBe(true);
  expect(view.nodes).toHaveLength(500);
  expect((await read<DependencyView>(await api.send('GET', '/api/v1/projects/etl/dependencies'))).cutShort).toBe(true);
});

it('says what is wrong with what it is asked', async () => {
  const api = await chain();
  const path = '/api/v1/projects/etl/workflows';
  expect((await api.send('GET', `${path}/a/dependencies?depth=11`)).status).toBe(400);
  expect((await api.send('GET', `${path}/none/dependencies`)).status).toBe(404);
  expect((await api.send('GET', '/api/v1/projects/none/dependencies')).status).toBe(404);
});
