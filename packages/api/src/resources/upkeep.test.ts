import { expect, it } from 'vitest';
import type { ApiDeps } from '../deps.ts';
import { openApi, read } from '../testing/api-bench.ts';
import type { Upkeep } from './upkeep.ts';

const pass = {
  ...{ startedAt: 1_000, endedAt: 2_000, error: null, runs: 3, taskInstances: 4, events: 5, logs: 1, logBytes: 6 },
  ...{ commands: 0, fires: 0, firings: 0, backfills: 0, audit: 0, left: 0, freedBytes: 7 },
};

async function open(change: Partial<Upkeep> = {}) {
  let asked = 0;
  const api = await openApi();
  Object.assign(api.deps.upkeep as { -readonly [K in keyof ApiDeps['upkeep']]: ApiDeps['upkeep'][K] }, {
    janitor: () => ({ pass: null, lastPass: pass, passes: 4 }),
    cleanUp: () => {
      asked += 1;
    },
    ...change,
  });
  return { api, asked: () => asked };
}

it('tells what is kept and what the last pass removed', async () => {
  const { api } = await open();
  const view = await read(await api.send('GET', '/api/v1/janitor'));
  expect(view).toMatchObject({
    keepRuns: '1d',
    keepRunsPerWorkflow: 1_000,
    keepRunsAtLeast: 1,
    leads: true,
    passes: 4,
  });
  expect(view).toMatchObject({ pass: null, lastPass: { runs: 3, endedAt: '1970-01-01T00:00:02.000Z' } });
});

it('asks the janitor once, says when it is done, and puts that on record', async () => {
  const { api, asked } = await open();
  expect(await read(await api.send('POST', '/api/v1/janitor/run'), 202)).toEqual({ passes: 5 });
  expect(asked()).toBe(1);
  const { items } = await api.deps.store.requests.auditLog({ limit: 10, cursor: null });
  expect(items).toMatchObject([{ actor: 'admin', action: 'janitor.run' }]);
});

it('says where to ask when another server leads', async () => {
  const { api, asked } = await open({ janitor: () => null });
  expect(await read(await api.send('POST', '/api/v1/janitor/run'), 409)).toMatchObject({
    detail: expect.stringContaining('server-1, which leads'),
  });
  expect(asked()).toBe(0);
});

it('previews what would go, each run once, and changes nothing', async () => {
  const heads = ['r1', 'r2'].map((id) => ({
    ...{ id, projectId: 'p', workflowId: 'w', workflowName: 'daily', number: 1, state: 'success', isAside: false },
    ...{ isBeingRemoved: false, parentInstanceId: null, createdAt: 1, endedAt: 2 },
  }));
  const { api } = await open();
  const { retention } = api.deps.upkeep;
  Object.assign(retention, {
    runs: async () => ({ items: heads, next: null }),
    newestBeyond: async () => 'r2',
    workflowsWithMore: async () => ({ items: ['w'], next: null }),
    runsUpTo: async () => ({ items: heads, next: null }),
    weigh: async (ids: string[]) => ids.map((id) => ({ id, rows: 5, tasks: 2, logBytes: 10 })),
  });
  expect(await read(await api.send('GET', '/api/v1/janitor/preview'))).toEqual({
    ...{ runs: 2, byAge: 2, byCount: 0, taskInstances: 4, logBytes: 20, more: false },
    workflows: [{ name: 'daily', runs: 2 }],
  });
});

it('is for administrators', async () => {
  const { api } = await open();
  const token = await api.addUser('ann', 'editor');
  for (const path of ['/api/v1/janitor', '/api/v1/janitor/preview', '/api/v1/cluster/reconciler'])
    expect((await api.send('GET', path, { token })).status).toBe(403);
});

it('tells what the reconciler has found, by check', async () => {
  const finding = { at: 5_000, check: 'leaked_slot', subject: 'd1', text: 'A slot.', outcome: 'mended' as const };
  const { api } = await open({
    reconciler: () => ({
      rounds: 2,
      runsChecked: 9,
      roundBegan: 1_000,
      roundEnded: null,
      suspects: 1,
      recent: [finding],
    }),
    checks: { leaked_slot: 'a slot that no dispatch takes' },
    mends: () => ({ mended: { leaked_slot: 1 }, gaveUp: {} }),
  });
  expect(await read(await api.send('GET', '/api/v1/cluster/reconciler'))).toMatchObject({
    ...{ leads: true, rounds: 2, runsChecked: 9, roundBeganAt: '1970-01-01T00:00:01.000Z', roundEndedAt: null },
    checks: [{ check: 'leaked_slot', finds: 'a slot that no dispatch takes', mended: 1, givenUp: 0 }],
    recent: [{ at: '1970-01-01T00:00:05.000Z', subject: 'd1', outcome: 'mended' }],
  });
});
