import { expect, test } from 'vitest';
import type { CalendarId, CalendarRow } from '../calendars/rows.ts';
import { checkPlan } from './check-plan.ts';
import { previewClockChanges, previewFires } from './preview.ts';
import type { SchedulePlan } from './rows.ts';
import type { DstPolicy } from './zoned-search.ts';

const BERLIN = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);

function plan(expression: string, more: Partial<SchedulePlan> = {}, dst: DstPolicy = 'run_once'): SchedulePlan {
  return {
    times: { kind: 'cron', expression, dst },
    timezone: BERLIN,
    from: null,
    to: null,
    jitterMs: 0,
    calendars: { include: [], exclude: [] },
    misfire: { policy: 'last', limit: 10, graceMs: 60_000 },
    overlap: { policy: 'parallel', limit: null },
    ...more,
  };
}

const bare = (expression: string, more: Partial<SchedulePlan> = {}, dst?: DstPolicy) => ({
  plan: plan(expression, more, dst),
  calendars: new Map<CalendarId, CalendarRow>(),
  scheduleId: null,
  pausedUntil: null,
});

test('fire times come with what clocks show, and with what calendars and a pause leave out', () => {
  const holidays: CalendarRow = {
    ...{ id: 'holidays' as CalendarId, name: 'holidays', description: '', weekdays: [], revision: 1 },
    entries: [{ title: 'Unity', from: '2026-10-03', to: '2026-10-03', yearly: true }],
    ...{ createdBy: 'ada', createdAt: 0, updatedAt: 0 },
  };
  const calendars = { include: [], exclude: [holidays.id] };
  const previewed = {
    ...bare('0 9 * * *', { calendars }),
    calendars: new Map([[holidays.id, holidays]]),
    pausedUntil: at('2026-10-02T00:00:00Z'),
  };
  const fires = previewFires(previewed, at('2026-10-01T00:00:00Z'), 4);
  expect(fires.map(({ local, skipped }) => [local, skipped?.code ?? null])).toEqual([
    ['2026-10-01T09:00:00+02:00', 'paused'],
    ['2026-10-02T09:00:00+02:00', null],
    ['2026-10-03T09:00:00+02:00', 'calendar'],
    ['2026-10-04T09:00:00+02:00', null],
  ]);
});

test('a plan that this version cannot read has no fire times to look at', () => {
  expect(previewFires(bare('no cron'), 0, 3)).toEqual([]);
});

test('a preview ends with the window', () => {
  const until = bare('0 9 * * *', { to: at('2026-10-03T00:00:00Z') });
  expect(previewFires(until, at('2026-10-01T00:00:00Z'), 50)).toHaveLength(2);
});

test.each([
  ['skip', ['2026-03-29T04:30:00+02:00'], ['2026-10-25T02:30:00+02:00 first', '2026-10-25T04:30:00+01:00']],
  [
    'run_once',
    ['2026-03-29T03:30:00+02:00 shifted', '2026-03-29T04:30:00+02:00'],
    ['2026-10-25T02:30:00+02:00 first', '2026-10-25T04:30:00+01:00'],
  ],
  [
    'run_both',
    ['2026-03-29T03:30:00+02:00 shifted', '2026-03-29T04:30:00+02:00'],
    ['2026-10-25T02:30:00+02:00 first', '2026-10-25T02:30:00+01:00 second', '2026-10-25T04:30:00+01:00'],
  ],
] as const)('both changes of Berlin are told, and what %s does then', (dst, spring, autumn) => {
  const changes = previewClockChanges(bare('30 2,4 * * *'), at('2026-01-01T00:00:00Z'));
  expect(changes.map(({ change, affected }) => [new Date(change.at).toISOString(), affected])).toEqual([
    ['2026-03-29T01:00:00.000Z', true],
    ['2026-10-25T01:00:00.000Z', true],
  ]);
  const told = changes.map(({ policies }) =>
    policies
      .find((policy) => policy.dst === dst)!
      .fires.map(({ local, clocks }) => `${local}${clocks === null ? '' : ` ${clocks}`}`),
  );
  expect(told).toEqual([spring, autumn]);
});

test('where no fire time is touched, that is said; a zone without changes has none', () => {
  const changes = previewClockChanges(bare('0 9 * * *'), at('2026-01-01T00:00:00Z'));
  expect(changes.map(({ affected }) => affected)).toEqual([false, false]);
  expect(previewClockChanges(bare('* * * * *', { timezone: 'UTC' }), at('2026-01-01T00:00:00Z'))).toEqual([]);
});

test('a fire time that would have been anyway is not called shifted', () => {
  const [spring] = previewClockChanges(bare('*/30 * * * *'), at('2026-01-01T00:00:00Z'));
  const once = spring!.policies.find(({ dst }) => dst === 'run_once')!;
  expect(once.fires.filter(({ clocks }) => clocks === 'shifted')).toEqual([]);
  expect(once.fires).toHaveLength(15);
});

test('fixed intervals know no policies, and fire through it', () => {
  const every = {
    ...bare(''),
    plan: plan('', { times: { kind: 'interval', everyMs: 3_600_000, anchorAt: at('2026-01-01T00:30:00Z') } }),
  };
  const [spring, autumn] = previewClockChanges(every, at('2026-01-01T00:00:00Z'));
  expect(spring!.policies.map(({ dst, fires }) => [dst, fires.length])).toEqual([[null, 8]]);
  expect(autumn!.policies[0]!.fires.map(({ clocks }) => clocks)).toEqual([
    null,
    null,
    null,
    'first',
    'second',
    null,
    null,
    null,
  ]);
});

const problemsOf = (given: SchedulePlan) => checkPlan(given, 0).problems;

test('each thing that is wrong with a plan is told by its place', () => {
  expect(problemsOf(plan('0 25 31 2 *', { timezone: 'Europe/Berln', from: 10, to: 10 }))).toMatchObject([
    { path: 'cron', cron: { field: 'hour', at: 2, text: '25' } },
    { path: 'timezone', message: expect.stringContaining('Did you mean "Europe/Berlin"?') },
    { path: 'to', message: expect.stringContaining('The window is empty') },
  ]);
  expect(problemsOf(plan('0 0 31 2 *'))).toMatchObject([{ path: 'cron', cron: { field: 'dayOfMonth', text: '31' } }]);
});

test.each([
  [999, 'too short'],
  [1_500, 'whole seconds'],
  [366_000_000_000_000, 'At most'],
])('an interval of %d ms is refused', (everyMs, message) => {
  const given = plan('', { times: { kind: 'interval', everyMs, anchorAt: 0 } });
  expect(problemsOf(given)).toMatchObject([{ path: 'every', message: expect.stringContaining(message) }]);
});

test('jitter is no longer than the shortest time between two fire times', () => {
  expect(problemsOf(plan('*/7 * * * *', { jitterMs: 240_000 }))).toEqual([]);
  expect(problemsOf(plan('*/7 * * * *', { jitterMs: 240_001 }))).toMatchObject([
    { path: 'jitter', message: expect.stringContaining('as little as 4m apart') },
  ]);
  expect(problemsOf(plan('@yearly', { jitterMs: 90_000_000 }))).toMatchObject([{ path: 'jitter' }]);
});

test('a plan that never fires again is accepted with a warning', () => {
  expect(checkPlan(plan('0 9 * * *', { to: 1 }), 5).warnings).toEqual([
    'The window lies in the past: it will never fire.',
  ]);
  expect(checkPlan(plan('0 0 9 1 1 ? 2020'), at('2026-01-01T00:00:00Z')).warnings).toEqual([
    'It will never fire: there is no fire time any more from now on in its window.',
  ]);
  expect(checkPlan(plan('0 9 * * *'), 0).warnings).toEqual([]);
});
