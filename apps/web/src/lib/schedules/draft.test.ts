import type { SchedulePlanView, StartChoicesView } from '@vaquita/client';
import { describe, expect, it } from 'vitest';
import { draftOfPlan, draftOfStart, newPlan, planOf, startOf } from './draft.ts';

const plan: SchedulePlanView = {
  cron: '30 2 * * *',
  dst: 'run_both',
  every: null,
  anchorAt: null,
  timezone: 'Europe/Berlin',
  from: '2026-03-01T00:00:00.000Z',
  to: null,
  jitter: '5m',
  calendars: { include: [], exclude: ['holidays'] },
  misfire: { policy: 'all', limit: 3, grace: '2m' },
  overlap: { policy: 'queue', limit: 4 },
};

describe('planOf', () => {
  it('sends back what was read', () => {
    const { every: _, anchorAt: __, to: ___, ...kept } = plan;
    expect(planOf(draftOfPlan(plan))).toEqual(kept);
  });

  it('shows the window as clocks of the zone do', () => {
    expect(draftOfPlan(plan).from).toBe('2026-03-01T01:00');
  });

  it('sends a fixed interval without an expression, and without a policy for clocks', () => {
    const draft = { ...newPlan('Asia/Tokyo'), kind: 'interval' as const, every: ' 2h ', anchor: '2026-03-01T09:00' };
    expect(planOf(draft)).toMatchObject({ every: '2h', anchorAt: '2026-03-01T00:00:00.000Z', timezone: 'Asia/Tokyo' });
    expect(planOf(draft)).not.toHaveProperty('cron');
    expect(planOf(draft)).not.toHaveProperty('dst');
  });

  it('leaves the policy for clocks open until one is chosen', () => {
    expect(planOf(newPlan('UTC'))).not.toHaveProperty('dst');
  });

  it('leaves times to the server while the zone is no zone', () => {
    expect(planOf({ ...newPlan('Mars/Base'), from: '2026-03-01T00:00' }).from).toBe('2026-03-01T00:00');
  });

  it('sends no limit of a policy that has none', () => {
    expect(planOf({ ...draftOfPlan(plan), overlap: 'skip' }).overlap).toEqual({ policy: 'skip', limit: null });
  });
});

describe('startOf', () => {
  const start: StartChoicesView = {
    params: { day: '1' },
    startTasks: ['load'],
    scope: 'upstream',
    failureStrategy: 'end',
    priority: 'high',
    workerGroup: 'gpu',
    environment: 'prod',
    alertOn: 'failure',
    alertGroup: 'ops',
    dryRun: true,
    timeout: '2h',
    version: 3,
  };

  it('sends back what was read', () => {
    const draft = draftOfStart(start);
    expect(startOf(draft, draft, start.params)).toEqual(start);
  });

  it('sends nothing of what is as the workflow says', () => {
    const draft = draftOfStart({
      ...start,
      ...{
        startTasks: [],
        scope: 'all',
        failureStrategy: null,
        priority: 'medium',
        workerGroup: null,
        environment: null,
      },
      ...{ alertOn: null, alertGroup: null, dryRun: false, timeout: null, version: null },
    });
    expect(startOf(draft, draft, {})).toEqual({});
  });
});
