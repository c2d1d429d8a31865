import { expect, it } from 'vitest';
import { type ApiBench, openApi, read, START, taskRow, workerRow } from '../testing/api-bench.ts';
import type { ForecastView } from '../views/forecast.ts';

const PATH = '/api/v1/forecast';
const MINUTE = 60_000;

async function schedule(api: ApiBench, name: string, plan: object, online = true): Promise<void> {
  const body = { name, plan, online, start: { params: { day: 'x' } } };
  await read(await api.send('POST', '/api/v1/projects/etl/workflows/daily/schedules', { body }), 201);
}
const seen = async (api: ApiBench, query = '') => read<ForecastView>(await api.send('GET', `${PATH}${query}`));

it('tells what runs by hour, and what the past says it will take', async () => {
  const api = await openApi();
  await api.createWorkflow();
  await api.addWorkers(workerRow('one'), workerRow('two', { state: 'offline' }));
  await schedule(api, 'hourly', { every: '1h', anchorAt: '2026-03-01T12:30:00Z' });
  await schedule(api, 'off', { every: '1h' }, false);
  const before = await seen(api, '?days=1&next=2');
  expect(before).toMatchObject({
    ...{ from: '2026-03-01T12:00:00.000Z', until: '2026-03-02T12:00:00.000Z', hours: 24, cutShort: null },
    total: { runs: 24, slotSeconds: 0, skipped: 0, unknown: 24 },
    projects: [{ name: 'etl', runs: 24 }],
    workerGroups: [],
    withoutHistory: [{ projectName: 'etl', workflowName: 'daily', runs: 24 }],
    next: [
      { at: '2026-03-01T12:30:00.000Z', scheduleName: 'hourly', workflowName: 'daily', seconds: null },
      { at: '2026-03-01T13:30:00.000Z' },
    ],
  });

  const run = await api.startRun();
  const times = { startedAt: START, endedAt: START + 45 * MINUTE };
  const row = await api.master(run, { state: 'success', ...times });
  const task = { name: 'extract', state: 'success', workerId: 'worker-one', ...times } as object;
  await api.master(run, {}, [taskRow(row, task)]);
  const after = await seen(api, '?days=1');
  expect(after.total).toMatchObject({ runs: 24, unknown: 0, slotSeconds: 24 * 2_700 - 900 });
  expect(after.byHour.slotSeconds.slice(0, 3)).toEqual([1_800, 2_700, 2_700]);
  expect(after.workerGroups).toMatchObject([{ name: 'default', slots: 4, runs: 24 }]);
  expect(after.next[0]).toMatchObject({ seconds: 2_700 });
  expect(after.withoutHistory).toEqual([]);
});

it('is of one project where that is asked for, and knows nothing of what is offline', async () => {
  const api = await openApi();
  await api.createWorkflow();
  await api.createWorkflow('other');
  await schedule(api, 'hourly', { every: '1h' });
  expect((await seen(api, '?project=other')).total.runs).toBe(0);
  expect((await seen(api, '?project=etl&days=1')).total.runs).toBe(23);
  await api.send('POST', '/api/v1/projects/etl/workflows/daily/offline');
  expect((await seen(api)).total.runs).toBe(0);
  expect((await api.send('GET', `${PATH}?project=none`)).status).toBe(404);
  expect((await api.send('GET', `${PATH}?days=32`)).status).toBe(400);
});

it('looks less far when there is too much, and says so', async () => {
  const api = await openApi();
  await api.createWorkflow();
  for (const name of ['a', 'b', 'c']) await schedule(api, name, { every: '1s' });
  const asked = seen(api, '?days=7&next=0');
  for (let pieces = 0; pieces < 300; pieces++) await api.clock.advance(0);
  const view = await asked;
  expect(view.hours).toBe(23);
  expect(view.byHour.runs).toHaveLength(23);
  expect(view.cutShort).toContain('look further than 23 hours');
});
