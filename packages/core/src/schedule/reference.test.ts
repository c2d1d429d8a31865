/** What the reference's own tests say of cron. `expirationTime` is left out: nothing here expires with the cycle of a schedule. */
import { describe, expect, it } from 'vitest';
import { mustParseCron } from '../testing/must-parse-cron.ts';
import vectors from './cron.vectors.json' with { type: 'json' };
import { longestCycle, shortestCycle } from './cycle.ts';
import { parseCron } from './parse-cron.ts';
import { firesBetween } from './schedule-times.ts';

const instantOf = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`);

describe('expressions', () => {
  it.each([...vectors.mustParse.crons, ...vectors.asString.map((vector) => vector.expected)])(
    'understands %s',
    (cron) => {
      expect(parseCron(cron)).toMatchObject({ ok: true, cron: { text: cron } });
    },
  );

  it.each(vectors.parse)('takes $cron apart', ({ cron, expected }) => {
    const { fields } = mustParseCron(cron);
    expect({
      SECOND: fields.second.text,
      MINUTE: fields.minute.text,
      HOUR: fields.hour.text,
      DAY_OF_MONTH: fields.dayOfMonth.text,
      MONTH: fields.month.text,
      YEAR: fields.year.text,
    }).toEqual(expected);
  });

  it.each(vectors.isValid)('$cron is right: $expected', ({ cron, expected }) => {
    expect(parseCron(cron).ok).toBe(expected);
  });
});

it.each(vectors.cycle)('the $fn of $cron is $expected', ({ cron, fn, expected }) => {
  const cycle = fn === 'getMaxCycle' ? longestCycle(mustParseCron(cron)) : shortestCycle(mustParseCron(cron));
  expect(cycle.toUpperCase()).toBe(expected);
});

it.each(vectors.fireDateCount)('counts the fire times of $cron from $from to $to', (vector) => {
  const reading = parseCron(vector.cron);
  expect(reading.ok).toBe(vector.expectedError === undefined);
  if (!reading.ok) return;
  const schedule = {
    times: { kind: 'cron', cron: reading.cron, timezone: 'UTC', dst: 'run_once' },
    window: { from: null, to: null },
  } as const;
  const span = { after: instantOf(vector.from), upTo: instantOf(vector.to), limit: vector.limit ?? 1_000 };
  expect(firesBetween(schedule, span)).toHaveLength(vector.expectedCount!);
});
