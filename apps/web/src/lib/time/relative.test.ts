import { describe, expect, it } from 'vitest';
import { formatAbsolute, formatRelative } from './relative.ts';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);

describe('formatRelative', () => {
  it.each([
    [0, 'now'],
    [-4_000, 'now'],
    [-42_000, '42 sec. ago'],
    [-119_000, '1 min. ago'],
    [-7_200_000, '2 hr. ago'],
    [-3 * 86_400_000, '3 days ago'],
    [90_000, 'in 1 min.'],
  ])('%d ms away', (offset, text) => expect(formatRelative(now + offset, now, 'en', 'now')).toBe(text));

  it('speaks Chinese', () => expect(formatRelative(now - 120_000, now, 'zh-CN', '刚刚')).toBe('2分钟前'));
});

describe('formatAbsolute', () => {
  it('names the zone, on both sides of a daylight-saving change', () => {
    expect(formatAbsolute(Date.UTC(2026, 2, 8, 6, 59, 59), 'en-US', 'America/New_York')).toContain('01:59:59 EST');
    expect(formatAbsolute(Date.UTC(2026, 2, 8, 7, 0, 0), 'en-US', 'America/New_York')).toContain('03:00:00 EDT');
    expect(formatAbsolute(now, 'en', 'UTC')).toBe('Nov 21, 2026, 12:00:00 UTC');
  });

  it('shows midnight as 00, not 24', () => {
    expect(formatAbsolute(Date.UTC(2026, 10, 21), 'en', 'UTC', 'time')).toBe('00:00:00');
  });
});
