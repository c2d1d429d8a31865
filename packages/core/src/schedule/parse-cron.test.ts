import { describe, expect, it } from 'vitest';
import { mustParseCron } from '../testing/must-parse-cron.ts';
import { parseCron } from './parse-cron.ts';

function problemsOf(text: string) {
  const reading = parseCron(text);
  return reading.ok ? [] : reading.problems;
}

describe('fields', () => {
  it.each([
    ['*/15 9-17 * * MON-FRI', 'unix'],
    ['30 */15 9-17 ? * MON-FRI', 'quartz'],
    ['0 30 2 LW * ? 2027-2030', 'quartz'],
    ['@daily', 'unix'],
    ['  0  0 * *   0 ', 'unix'],
    ['* * * * * *', 'quartz'],
    ['0 0 9 * * mon', 'quartz'],
    ['0 0 9 * * FRI#2', 'quartz'],
  ])('understands %s as %s', (text, dialect) => {
    expect(mustParseCron(text).dialect).toBe(dialect);
  });

  it.each([
    ['0 0 * * 0', [0]],
    ['0 0 * * 7', [0]],
    ['0 0 * * 1', [1]],
    ['0 0 * * 5-7', [0, 5, 6]],
    ['0 0 * * 0-7', [0, 1, 2, 3, 4, 5, 6]],
    ['0 0 * * FRI-MON', [0, 1, 5, 6]],
    ['0 0 * * */2', [0, 2, 4, 6]],
    ['0 0 0 ? * 1', [0]],
    ['0 0 0 ? * 7', [6]],
    ['0 0 0 ? * 2-6', [1, 2, 3, 4, 5]],
    ['0 0 0 ? * 6-2', [0, 1, 5, 6]],
    ['0 0 0 ? * SUN,3', [0, 2]],
  ])('numbers the weekdays of %s by the number of fields', (text, weekdays) => {
    expect(mustParseCron(text).fields.dayOfWeek.values).toEqual(weekdays);
  });

  it('goes on after the largest value where a range ends before it begins', () => {
    const { fields } = mustParseCron('50-5/5 22-2/2 28-2 NOV-FEB *');
    expect(fields.minute.values).toEqual([0, 5, 50, 55]);
    expect(fields.hour.values).toEqual([0, 2, 22]);
    expect(fields.dayOfMonth.values).toEqual([1, 2, 28, 29, 30, 31]);
    expect(fields.month.values).toEqual([1, 2, 11, 12]);
  });

  it('runs an open step to the end of the field', () => {
    expect(mustParseCron('5/20 13/4 * 3/5 *').fields).toMatchObject({
      minute: { values: [5, 25, 45] },
      hour: { values: [13, 17, 21] },
      month: { values: [3, 8] },
    });
  });

  it('joins two Unix day fields by "or" unless one begins with a star', () => {
    expect(mustParseCron('0 0 13 * FRI').dayJoin).toBe('either');
    expect(mustParseCron('0 0 */2 * FRI').dayJoin).toBe('both');
    expect(mustParseCron('0 0 * * FRI').dayJoin).toBe('both');
  });
});

describe('problems', () => {
  it.each([
    ['75 * * * *', 'minute', 0, '75', '0 to 59'],
    ['0 24 * * *', 'hour', 2, '24', 'Midnight is 0'],
    ['0 0 0 * *', 'dayOfMonth', 4, '0', '1 to 31'],
    ['0 0 1,,5 * *', 'dayOfMonth', 6, '', 'nothing between'],
    ['0 0 * JAM *', 'month', 6, 'JAM', 'Did you mean JAN?'],
    ['0 0 * * MON,THRU', 'dayOfWeek', 12, 'THRU', 'Did you mean THU?'],
    ['0 0 * * MONDAY', 'dayOfWeek', 8, 'MONDAY', 'Did you mean MON?'],
    ['0 0 * * 8', 'dayOfWeek', 8, '8', '0 and 7 are Sunday'],
    ['0 0 0 ? * 0', 'dayOfWeek', 10, '0', '1 is Sunday'],
    ['*/0 * * * *', 'minute', 0, '*/0', 'smallest step is 1'],
    ['0 0 13/0 * * ? *', 'hour', 4, '13/0', 'smallest step is 1'],
    ['*/90 * * * *', 'minute', 0, '*/90', 'every 90m use a fixed interval'],
    ['/5 * * * *', 'minute', 0, '/5', 'Write */5'],
    ['*/x * * * *', 'minute', 0, '*/x', 'whole number'],
    ['? * * * *', 'minute', 0, '?', 'Write *'],
    ['*,5 * * * *', 'minute', 0, '*', 'stands alone'],
    ['L * * * *', 'minute', 0, 'L', 'is for days'],
    ['H * * * *', 'minute', 0, 'H', 'Jenkins'],
    ['0 0 32W * *', 'dayOfMonth', 4, '32W', '1 to 31'],
    ['0 0 W * *', 'dayOfMonth', 4, 'W', '15W'],
    ['0 0 L-31 * *', 'dayOfMonth', 4, 'L-31', 'L-30'],
    ['0 0 * * L', 'dayOfWeek', 8, 'L', 'FRIL'],
    ['0 0 * * FRI#6', 'dayOfWeek', 8, 'FRI#6', '1 to 5'],
    ['0 0 0 ? * ? *', 'dayOfWeek', 10, '?', 'Write *'],
    ['0 0 0 1 * MON', 'dayOfWeek', 10, 'MON', 'Write ? in the other'],
    ['0 0 9 * * 1', 'dayOfWeek', 10, '1', 'Write a name such as MON'],
    ['0 0 0 1 1 ? 1969', 'year', 12, '1969', '1970 to 2199'],
    ['0 0 0 1 1 ? 2030-2027', 'year', 12, '2030-2027', '2027-2030'],
    ['0 0 31 2 *', 'dayOfMonth', 4, '31', 'would never run'],
    ['0 0 30 FEB *', 'dayOfMonth', 4, '30', 'would never run'],
    ['0 0 31 4,6,9,11 *', 'dayOfMonth', 4, '31', 'have 30 days'],
    ['0 0 0 31W 4 ?', 'dayOfMonth', 6, '31W', 'would never run'],
    ['0 0 0 L-30 2 ?', 'dayOfMonth', 6, 'L-30', 'would never run'],
    ['0 0 0 29 2 ? 2027', 'year', 13, '2027', 'any of these years'],
    ['0 0 0 ? 2 FRI#5 2027', 'year', 16, '2027', 'any of these years'],
  ])('names what is wrong in %s', (text, field, at, part, says) => {
    const [problem, ...others] = problemsOf(text);
    expect(problem).toMatchObject({ field, at, text: part });
    expect(problem!.message).toContain(says);
    expect(others).toEqual([]);
    expect(text.slice(at, at + part.length)).toBe(part);
  });

  it.each([
    ['', 'empty'],
    ['* * *', '3 fields'],
    ['* * * * * * * *', '8 fields'],
    ['@dayly', 'Did you mean "@daily"?'],
    ['@reboot', 'no time'],
    ['@every 15m', 'interval'],
    ['9'.repeat(600), '512'],
  ])('says what is wrong with %j as a whole', (text, says) => {
    expect(problemsOf(text)).toMatchObject([{ field: null, message: expect.stringContaining(says) }]);
  });

  it('tells every problem at once', () => {
    expect(problemsOf('75 25 * MOO 9').map((problem) => problem.field)).toEqual([
      'minute',
      'hour',
      'month',
      'dayOfWeek',
    ]);
  });

  it('takes days that few years have', () => {
    expect(parseCron('0 0 29 2 *').ok).toBe(true);
    expect(parseCron('0 0 0 ? 2 FRI#5').ok).toBe(true);
  });
});
