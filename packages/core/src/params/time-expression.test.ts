import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalLookup, resolveText } from './placeholder.ts';
import { evaluateTimeExpression } from './time-expression.ts';
import vectors from './time-expressions.vectors.json' with { type: 'json' };

interface Vector {
  readonly expr: string;
  readonly at: string;
  readonly expected?: string;
  readonly shanghai?: string;
}

/**
 * Where the reference is wrong and we are not: it writes the calendar year beside a week that belongs to the year
 * before or after.
 */
const deviations: Readonly<Record<string, string>> = {
  '$[year_week(yyyyMMdd)] 2023-01-01 10:20:30': '202252',
  '$[year_week(yyyyMMdd)] 2024-12-30 23:59:59': '202501',
  '$[year_week(yyyyMMdd,7)] 2024-12-30 23:59:59': '202501',
  '$[year_week(yyyyMMdd)] 2021-01-03 00:00:00': '202053',
};

const utc = (at: string): number => Date.parse(`${at.replace(' ', 'T')}Z`);
const HOUR = 3_600_000;

function evaluate(expression: string, at: string, timezone = 'UTC'): string {
  const result = evaluateTimeExpression(expression, { businessTime: Date.parse(at), timezone });
  return result.kind === 'value' ? result.value : result.kind === 'invalid' ? `invalid: ${result.reason}` : 'literal';
}

describe('time expressions against the recorded results of the reference', () => {
  it.each(vectors as readonly Vector[])('$expr at $at', ({ expr, at, expected, shanghai }) => {
    const wanted = deviations[`${expr} ${at}`] ?? expected ?? expr;
    const lookup = literalLookup({});
    expect(resolveText(expr, lookup, { businessTime: utc(at), timezone: 'UTC' }).text).toBe(wanted);
    const inShanghai = { businessTime: utc(at) - 8 * HOUR, timezone: 'Asia/Shanghai' };
    expect(resolveText(expr, lookup, inShanghai).text).toBe(shanghai ?? wanted);
  });

  it('has a vector for every deviation', () => {
    const known = new Set((vectors as readonly Vector[]).map(({ expr, at }) => `${expr} ${at}`));
    for (const key of Object.keys(deviations)) expect(known).toContain(key);
  });
});

describe('time expressions', () => {
  it('leaves what is plainly not a time alone, and says what is wrong with the rest', () => {
    const at = '2026-03-04T05:06:07Z';
    for (const literal of ['', '1', '10', '1+2', ' ']) expect(evaluate(literal, at)).toBe('literal');
    expect(evaluate('i+1', at)).toBe('invalid: "i" is not part of a date pattern');
    expect(evaluate('week_last_day(yyyy-MM-dd,0) - 1', at)).toMatch(/^invalid/);
    expect(evaluate('moon_phase(yyyy)', at)).toMatch(/^invalid: there is no function moon_phase\(\)/);
    expect(evaluate('month_begin(yyyyMMdd)', at)).toBe(
      'invalid: month_begin(pattern, n) needs a number as its second argument',
    );
    expect(evaluate('this_day(yyyy, 1)', at)).toBe('invalid: this_day(pattern) takes one argument');
    expect(evaluate('year_week(yyyy, 8)', at)).toMatch(/^invalid: the first day/);
    expect(evaluate('add_months(yyyy, 1/0)', at)).toMatch(/^invalid/);
    expect(evaluate("yyyy'open", at)).toBe('invalid: a quote is not closed');
    expect(evaluate('timestamp(HHmmss)', at)).toMatch(/needs a pattern with a year/);
    expect(evaluate('timestamp(year_week(yyyy))', at)).toMatch(/^invalid/);
    expect(evaluate('y'.repeat(300), at)).toMatch(/longer than/);
    expect(evaluate('yyyyMMdd+99999999', at)).toMatch(/between the years/);
    expect(evaluate('add_months(yyyyMMdd,999999999999)', at)).toMatch(/between the years/);
    expect(evaluate('constructor(yyyy,1)', at)).toMatch(/^invalid: there is no function/);
  });

  it('writes names, twelve hours, fractions, quoted text and offsets', () => {
    const at = '2026-01-04T13:06:07.089Z';
    expect(evaluate("EEE EEEE MMM MMMM yy hh:mm a 'at' '' SSS D", at)).toBe(
      "Sun Sunday Jan January 26 01:06 PM at ' 089 4",
    );
    expect(evaluate("yyyy-MM-dd'T'HH:mm:ssXXX", at, 'Asia/Kolkata')).toBe('2026-01-04T18:36:07+05:30');
    expect(evaluate('HH XX Z', at, 'America/New_York')).toBe('08 -0500 -0500');
    expect(evaluate('X', at)).toBe('Z');
  });

  it('clamps months and cuts divisions in function arguments', () => {
    expect(evaluate('add_months(yyyy-MM-dd,1)', '2024-01-31T12:00:00Z')).toBe('2024-02-29');
    expect(evaluate('add_months(yyyy-MM-dd, 7/2)', '2024-01-31T12:00:00Z')).toBe('2024-04-30');
    expect(evaluate('month_last_day(yyyy-MM-dd,1)', '2024-01-31T12:00:00Z')).toBe('2024-02-29');
    expect(evaluate('yyyyMMdd-(1+2)*2', '2024-01-31T12:00:00Z')).toBe('20240125');
  });

  it('keeps the hour over whole days and lets real time pass over parts of a day when clocks turn', () => {
    const zone = 'Europe/Berlin';
    const eve = '2026-03-28T01:30:00Z'; // 02:30 local; the next day has no 02:30
    expect(evaluate('yyyy-MM-dd HH:mm+1', eve, zone)).toBe('2026-03-29 02:30');
    expect(evaluate('yyyy-MM-dd HH:mm+2', eve, zone)).toBe('2026-03-30 02:30');
    expect(evaluate('HH:mm+2/24', '2026-03-28T23:30:00Z', zone)).toBe('03:30');
    const second = '2026-10-25T01:30:00Z'; // 02:30 for the second time
    expect(evaluate('HH:mm XXX', second, zone)).toBe('02:30 +01:00');
    expect(evaluate('timestamp(yyyyMMddHHmmss)', second, zone)).toBe(String(Date.parse(second) / 1_000));
    expect(evaluate('timestamp(yyyyMMdd)', second, zone)).toBe(String(Date.parse('2026-10-24T22:00:00Z') / 1_000));
  });

  it('never throws, whatever is between the brackets', () => {
    const time = { businessTime: Date.UTC(2026, 0, 1), timezone: 'UTC' };
    const alphabet = fc.constantFrom(..."yMdHms_()+-*/0129,' a", 'add_months(', 'timestamp(', 'week_end(');
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 30 }), (parts) => {
        evaluateTimeExpression(parts.join(''), time);
      }),
    );
  });
});
