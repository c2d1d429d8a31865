import { expect, test } from 'vitest';
import { timesOfPlan } from './plan-times.ts';
import { firesBetween } from './schedule-times.ts';

const at = (text: string) => Date.parse(text);
const window = { from: at('2026-05-01T00:00:00Z'), to: at('2026-05-03T00:00:00Z') };

test('a plan has the fire times of its expression, in its zone and its window', () => {
  const times = { kind: 'cron', expression: '0 6 * * *', dst: 'run_once' } as const;
  const schedule = timesOfPlan({ times, timezone: 'Europe/Berlin', ...window });
  const fires = firesBetween(schedule, { after: 0, upTo: at('2027-01-01T00:00:00Z'), limit: 10 });
  expect(fires).toEqual([at('2026-05-01T04:00:00Z'), at('2026-05-02T04:00:00Z')]);
});

test('a plan has those of its interval', () => {
  const times = { kind: 'interval', everyMs: 86_400_000, anchorAt: at('2026-04-01T12:00:00Z') } as const;
  const schedule = timesOfPlan({ times, timezone: 'UTC', ...window });
  const fires = firesBetween(schedule, { after: 0, upTo: at('2027-01-01T00:00:00Z'), limit: 10 });
  expect(fires).toEqual([at('2026-05-01T12:00:00Z'), at('2026-05-02T12:00:00Z')]);
});

test('an expression that is wrong is told with every problem', () => {
  const times = { kind: 'cron', expression: '0 99 * * *', dst: 'skip' } as const;
  const wrong = () => timesOfPlan({ times, timezone: 'UTC', from: null, to: null });
  expect(wrong).toThrowError(
    expect.objectContaining({
      code: 'bad_request',
      problems: [expect.objectContaining({ path: 'plan.times.expression' })],
    }),
  );
});
