import type { WorkflowInstanceRow } from '@vaquita/core';
import { describe, expect, it } from 'vitest';
import { type ApiBench, openApi, read, START, taskRow } from '../testing/api-bench.ts';
import type { DayRunPage, WorkflowCalendarView, WorkflowStatisticsView } from '../views/workflow-past.ts';

const ITEM = '/api/v1/projects/etl/workflows/daily';
const get = async <Body>(api: ApiBench, path: string) => read<Body>(await api.send('GET', `${ITEM}/${path}`));

async function run(api: ApiBench, change: Partial<WorkflowInstanceRow>): Promise<WorkflowInstanceRow> {
  await api.clock.advance(1_000);
  return api.master(await api.startRun(), change);
}

describe('the calendar', () => {
  it('counts runs by the day of their business time in a zone, and lists those of a day', async () => {
    const api = await openApi();
    await api.createWorkflow();
    const at = (text: string) => ({ businessTime: Date.parse(text) });
    const late = await run(api, { ...at('2026-03-28T23:30:00Z'), state: 'success' });
    const early = await run(api, { ...at('2026-03-28T22:30:00Z'), state: 'failure' });
    // Clocks are moved that day: it has 23 hours.
    const last = await run(api, { ...at('2026-03-29T21:59:00Z'), state: 'running' });
    const utc = await get<WorkflowCalendarView>(api, 'calendar?from=2026-03-01&to=2026-03-31');
    expect(utc).toEqual({
      timezone: 'UTC',
      days: [
        { day: '2026-03-28', runs: 2, states: { success: 1, failure: 1 } },
        { day: '2026-03-29', runs: 1, states: { running: 1 } },
      ],
    });
    const query = 'timezone=Europe/Berlin';
    const berlin = await get<WorkflowCalendarView>(api, `calendar?from=2026-01-01&to=2026-12-31&${query}`);
    expect(berlin.days).toEqual([
      { day: '2026-03-28', runs: 1, states: { failure: 1 } },
      { day: '2026-03-29', runs: 2, states: { success: 1, running: 1 } },
    ]);
    const first = await get<DayRunPage>(api, `calendar/2026-03-29?limit=1&${query}`);
    expect(first.items).toMatchObject([{ id: last.id, state: 'running' }]);
    const rest = await get<DayRunPage>(api, `calendar/2026-03-29?limit=1&${query}&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ id: late.id }], nextCursor: null });
    expect((await get<DayRunPage>(api, `calendar/2026-03-28?${query}`)).items).toMatchObject([{ id: early.id }]);
  });

  it('refuses what is no day, no zone or too long, and says where', async () => {
    const api = await openApi();
    await api.createWorkflow();
    const refused = async (query: string) =>
      read<{ errors: { path: string }[] }>(await api.send('GET', `${ITEM}/${query}`), 400);
    expect((await refused('calendar?from=2026-02-30&to=2026-03-01')).errors[0]?.path).toBe('from');
    expect((await refused('calendar?from=2026-03-02&to=2026-03-01')).errors[0]?.path).toBe('to');
    expect((await refused('calendar?from=2020-01-01&to=2026-03-01')).errors[0]?.path).toBe('to');
    expect((await refused('calendar?from=2026-01-01&to=2026-03-01&timezone=Moon')).errors[0]?.path).toBe('timezone');
    await refused('calendar/tomorrow');
    await refused('calendar/2026-02-30');
    expect((await api.send('GET', '/api/v1/projects/etl/workflows/none/calendar/2026-03-01')).status).toBe(404);
  });
});

describe('statistics', () => {
  it('are of the runs that have ended in these days', async () => {
    const api = await openApi();
    await api.createWorkflow();
    const empty = await get<WorkflowStatisticsView>(api, 'statistics');
    expect(empty).toMatchObject({ runs: [], tasks: [], p50Ms: null, cutShort: false });
    const times = (ms: number) => ({ startedAt: START, endedAt: START + ms });
    const old = await run(api, { state: 'success', ...times(90_000) });
    await api.master(old.id, {}, [taskRow(old, { id: 'o' as never, state: 'success', ...times(80_000) })]);
    await api.clock.advance(10 * 86_400_000);
    const good = await run(api, { state: 'success', ...times(5_000) });
    await api.master(good.id, {}, [
      taskRow(good, { id: 'g1' as never, state: 'failure', current: false, ...times(1_000) }),
      taskRow(good, { id: 'g2' as never, state: 'success', attempt: 2, ...times(3_000) }),
      taskRow(good, { id: 'g3' as never, name: 'vanished', state: 'success', ...times(2_000) }),
    ]);
    const bad = await run(api, { state: 'failure', ...times(1_000) });
    await run(api, { state: 'running', startedAt: START });
    const week = await get<WorkflowStatisticsView>(api, 'statistics?days=7');
    expect(week).toMatchObject({
      runs: [
        { id: bad.id, state: 'failure', durationMs: 1_000 },
        { id: good.id, number: 2, durationMs: 5_000 },
      ],
      ...{ states: { success: 1, failure: 1 }, p50Ms: 5_000, p95Ms: 5_000 },
      tasks: [
        { name: 'extract', gone: false, runs: 1, attempts: 2, failures: 1, flakyRuns: 1, failedRuns: 0, p50Ms: 3_000 },
        { name: 'vanished', gone: true, p95Ms: 2_000 },
      ],
    });
    const month = await get<WorkflowStatisticsView>(api, 'statistics?days=30');
    expect(month).toMatchObject({ p50Ms: 5_000, p95Ms: 90_000, states: { success: 2, failure: 1 } });
    expect((await api.send('GET', `${ITEM}/statistics?days=0`)).status).toBe(400);
    expect((await api.send('GET', `${ITEM}/statistics`, { token: null })).status).toBe(401);
  });
});
