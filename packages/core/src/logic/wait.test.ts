import { describe, expect, it } from 'vitest';
import type { WaitConfig } from './configs.ts';
import { waitTarget } from './wait.ts';

const none: WaitConfig = { forMs: null, until: null, signal: null };
const now = Date.UTC(2026, 0, 31);

function until(text: string, timezone = 'Europe/Berlin') {
  const target = waitTarget({ ...none, until: '${moment}' }, { now, timezone, until: text });
  return 'problem' in target ? target.problem : new Date(target.until!).toISOString();
}

describe('waitTarget', () => {
  it('counts from now, or waits for a signal', () => {
    const at = { now, timezone: 'UTC', until: null };
    expect(waitTarget({ ...none, forMs: 1_500 }, at)).toEqual({ until: now + 1_500, signal: null });
    expect(waitTarget({ ...none, signal: 'ready' }, at)).toEqual({ until: null, signal: 'ready' });
    expect(waitTarget(none, at)).toHaveProperty('problem');
  });

  it.each([
    ['2026-07-01 08:00:00', '2026-07-01T06:00:00.000Z'],
    ['2026-01-01T08:00', '2026-01-01T07:00:00.000Z'],
    ['2026-01-01', '2025-12-31T23:00:00.000Z'],
    [' 2026-07-01T08:00:00.25Z ', '2026-07-01T08:00:00.250Z'],
    ['2026-07-01T08:00:00+0530', '2026-07-01T02:30:00.000Z'],
    ['2026-07-01 08:00:00 -03:00', '2026-07-01T11:00:00.000Z'],
    ['2026-03-29 02:30:00', '2026-03-29T01:30:00.000Z'], // a time that the clocks jump over
    ['2026-10-25 02:30:00', '2026-10-25T00:30:00.000Z'], // one that comes twice: the first
    ['1999-12-31T23:59:59Z', '1999-12-31T23:59:59.000Z'], // has passed: over at once
  ])('reads %s', (text, moment) => {
    expect(until(text)).toBe(moment);
  });

  it.each([
    '',
    'tomorrow',
    '${day}',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-01-01 24:00',
    '2026-01-01T08:00+25:00',
  ])('refuses %j and shows what to write', (text) => {
    expect(until(text)).toMatch(/is not a moment to wait for: give one such as 2026-01-31 23:59:59/);
  });
});
