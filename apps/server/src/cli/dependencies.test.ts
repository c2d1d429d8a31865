/** The command on dependencies of workflows, against the API in this process. */
import { openApi } from '@vaquita/api/testing';
import { expect, it } from 'vitest';
import { runCaptured } from './run-captured.ts';

it('lists what comes first, what follows, and where that is said', async () => {
  const api = await openApi();
  const vaquita = (...argv: string[]) =>
    runCaptured(argv, {
      token: api.admin,
      cwd: '/',
      fetch: async (url, init) => api.app.fetch(new Request(url, init)),
      signal: new AbortController().signal,
    });
  await api.createWorkflow();
  const on = [{ workflow: 'daily', range: 'today', task: 'load' }];
  const tasks = [
    { name: 'wait', type: 'dependent', on },
    { name: 'child', type: 'sub_workflow', workflow: 'gone', enabled: false },
  ];
  await api.createWorkflow('etl', { name: 'asks', tasks });
  const lines = (await vaquita('dependencies', 'etl')).out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['FIRST', 'THEN', 'KIND', 'SAID BY'],
    ['etl/daily', 'etl/asks', 'dependent', 'task wait (its task load, today)'],
    ['etl/asks', 'etl/gone (not there)', 'sub_workflow', 'task child (switched off)'],
  ]);
  const one = JSON.parse((await vaquita('dependencies', 'etl', 'daily', '--depth', '1', '--json')).out);
  expect(one).toMatchObject({ links: [{ kind: 'dependent', task: 'wait' }], cutShort: false });
  expect(await vaquita('dependencies', 'etl', '--depth', '3')).toMatchObject({ code: 2 });
  expect(await vaquita('dependencies', 'etl', 'a', 'b')).toMatchObject({ code: 2 });
  expect((await vaquita('dependencies', 'etl', 'nobody')).code).toBe(1);
});
