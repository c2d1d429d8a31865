/** What was previewed is what fires: the duty on a virtual clock, over the moments at which clocks of many zones are moved. */
import { AppError, DST_POLICIES, previewFires, type ScheduleId } from '@vaquita/core';
import { createSeededRandom } from '@vaquita/core/testing';
import { expect, test } from 'vitest';
import { openScheduleBench } from '../testing/schedule-bench.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ZONES = 40;
const EXPRESSIONS = ['*/30 * * * *', '17 0-4 * * *', '30 2 * * *', '0 0 0/2 * * ?', '5 1,2,3 * * *', '@daily'];
const MISFIRES = ['none', 'last', 'all'] as const;

/** As Intl tells it; the product's own way to find changes is not asked. */
function changesOf(timezone: string, year: number): readonly number[] {
  const shown = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset', hour: 'numeric' });
  const offset = (at: number) => shown.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value;
  const days = Array.from({ length: 365 }, (_, day) => Date.UTC(year, 0, 1 + day));
  return days.filter((at, day) => day > 0 && offset(at) !== offset(days[day - 1]!));
}

test('under each policy the duty fires exactly what was previewed, though answers are lost and leaders die', async () => {
  const random = createSeededRandom(61);
  const oneOf = <Item>(items: readonly Item[]) => items[Math.floor(random.next() * items.length)]!;
  const zones = Intl.supportedValuesOf('timeZone');
  const counts = { zones: new Set<string>(), fires: 0, misfires: 0 };
  while (counts.zones.size < ZONES) {
    const timezone = oneOf(zones);
    const change = changesOf(timezone, 1990 + Math.floor(random.next() * 50))[0];
    if (change === undefined || counts.zones.has(timezone)) continue;
    counts.zones.add(timezone);

    const bench = await openScheduleBench({ pollMs: HOUR_MS });
    const from = change - 2 * DAY_MS;
    bench.clock.set(from);
    const expression = oneOf(EXPRESSIONS);
    const misfire = { policy: oneOf(MISFIRES), limit: 3, graceMs: 60_000 };
    const jitterMs = oneOf([0, 600_000]);
    const plans = DST_POLICIES.map((dst) => ({ times: { kind: 'cron' as const, expression, dst }, timezone }));
    for (const [index, plan] of plans.entries()) await bench.make(DST_POLICIES[index]!, { ...plan, misfire, jitterMs });
    bench.lead();
    bench.faults.after = () => {
      if (random.next() < 0.1) throw new AppError('outcome_unknown', 'The answer was lost.');
    };
    for (let day = 0; day < 4; day++) {
      await bench.clock.advance(random.next() * DAY_MS);
      // Nobody leads for a while.
      await bench.duty.end();
      await bench.clock.advance(from + (day + 1) * DAY_MS - bench.clock.now());
      bench.crash();
    }
    await bench.clock.advance(HOUR_MS / 2);
    await bench.duty.end();

    for (const [index, plan] of plans.entries()) {
      const id = DST_POLICIES[index]! as string as ScheduleId;
      const row = (await bench.store.schedules.find(id))!;
      const previewed = previewFires(
        { plan: row.plan, calendars: new Map(), scheduleId: id, pausedUntil: null },
        from,
        500,
      ).filter(({ actAt }) => actAt <= bench.clock.now());
      const records = await bench.fires(id);
      const seen = records.map(({ fireAt, actAt }) => ({ fireAt, actAt }));
      const label = `${timezone}, ${expression}, ${plan.times.dst}`;
      expect(seen, label).toEqual(previewed.map(({ fireAt, actAt }) => ({ fireAt, actAt })));
      counts.fires += records.length;
      counts.misfires += records.filter(({ outcome }) => outcome === 'missed').length;
    }
    const runs = (await bench.runs()).map(({ originId, businessTime }) => `${originId} ${businessTime}`);
    expect(new Set(runs).size).toBe(runs.length);
  }
  // Otherwise nothing was looked at.
  expect(counts.fires).toBeGreaterThan(2_000);
  expect(counts.misfires).toBeGreaterThan(100);
});
