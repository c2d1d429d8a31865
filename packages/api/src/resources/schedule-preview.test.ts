import { expect, it } from 'vitest';
import { type ApiBench, openApi, read } from '../testing/api-bench.ts';
import type { PreviewView } from '../views/schedule-preview.ts';

const PATH = '/api/v1/schedules/preview';
const preview = async (api: ApiBench, body: unknown) => read<PreviewView>(await api.send('POST', PATH, { body }));

it('tells a plan in two languages, when it fires, and what moved clocks do to it', async () => {
  const api = await openApi();
  const seen = await preview(api, { plan: { cron: '30 2 * * *', timezone: 'Europe/Berlin' }, count: 2 });
  expect(seen.problems).toEqual([]);
  expect(seen.summary).toEqual({ en: 'At 02:30 every day, Europe/Berlin', zh: expect.stringContaining('02:30') });
  expect(seen.usualDst).toBe('run_once');
  expect(seen.fires.map(({ local }) => local)).toEqual(['2026-03-02T02:30:00+01:00', '2026-03-03T02:30:00+01:00']);
  expect(seen.clockChanges).toMatchObject([
    {
      ...{ at: '2026-03-29T01:00:00.000Z', kind: 'forward', by: '1h', affected: true },
      ...{ from: '2026-03-29T02:00:00+01:00', to: '2026-03-29T03:00:00+02:00' },
      policies: [
        { dst: 'skip', fires: [] },
        { dst: 'run_once', fires: [{ local: '2026-03-29T03:30:00+02:00', clocks: 'shifted' }] },
        { dst: 'run_both', fires: [{ local: '2026-03-29T03:30:00+02:00', clocks: 'shifted' }] },
      ],
    },
    {
      ...{ at: '2026-10-25T01:00:00.000Z', kind: 'back', by: '1h', affected: true },
      policies: [
        { dst: 'skip', fires: [{ clocks: 'first' }] },
        { dst: 'run_once', fires: [{ clocks: 'first' }] },
        { dst: 'run_both', fires: [{ clocks: 'first' }, { clocks: 'second' }] },
      ],
    },
  ]);
});

it('tells what is wrong by the field of the expression, and says what it can nevertheless', async () => {
  const api = await openApi();
  const wrong = await preview(api, { plan: { cron: '0 25 * * *', timezone: 'Mars/Olympus' } });
  expect(wrong.problems).toMatchObject([
    { path: 'plan.cron', field: 'hour', at: 2, text: '25' },
    { path: 'plan.timezone', field: null, at: null, text: null },
  ]);
  expect(wrong).toMatchObject({ summary: null, usualDst: null, fires: [], clockChanges: [] });
  const halfRight = await preview(api, { plan: { cron: '0 5 * * *', jitter: '48h' } });
  expect(halfRight.summary?.en).toBe('At 05:00 every day, UTC');
  expect(halfRight.problems).toMatchObject([{ path: 'plan.jitter' }]);
  expect((await preview(api, { plan: { every: 'often' } })).problems).toMatchObject([{ path: 'plan.every' }]);
});

it('begins after the moment it is asked about, and ends with the window', async () => {
  const api = await openApi();
  const plan = { every: '1h', anchorAt: '2026-06-01T00:00:00Z', to: '2026-06-01T03:00:00Z' };
  const { fires, clockChanges } = await preview(api, { plan, after: '2026-06-01T00:00:00Z', count: 50 });
  expect(fires.map(({ at }) => at)).toEqual(['2026-06-01T01:00:00.000Z', '2026-06-01T02:00:00.000Z']);
  expect(clockChanges).toEqual([]);
});
