import { describe, expect, it } from 'vitest';
import { randomCron } from '../../testing/fire-times.ts';
import { mustParseCron } from '../../testing/must-parse-cron.ts';
import { createSeededRandom } from '../../testing/seeded-random.ts';
import type { CronExpression, CronField } from '../cron.ts';
import { parseCron } from '../parse-cron.ts';
import { describeCron, describeInterval } from './describe.ts';

/** What an expression means, whatever way it is written in. */
function meaningOf({ fields, dayJoin }: CronExpression): string {
  const { hour, minute, second, month, dayOfMonth, dayOfWeek, year } = fields;
  const special = (field: CronField) => [...new Set(field.special.map((day) => JSON.stringify(day)))];
  const dates = dayOfMonth.values.length === 31 ? ['each'] : [dayOfMonth.values, special(dayOfMonth)];
  const weekdays = dayOfWeek.values.length === 7 ? ['each'] : [dayOfWeek.values, special(dayOfWeek)];
  const oneIsEach = dates[0] === 'each' || weekdays[0] === 'each';
  const days = oneIsEach && dayJoin === 'either' ? [['each'], ['each'], true] : [dates, weekdays, oneIsEach || dayJoin];
  return JSON.stringify([hour.values, minute.values, second.values, month.values, year.values, days]);
}

describe('an expression in words', () => {
  it.each([
    ['30 2 * * *', 'At 02:30 every day', '每天 02:30'],
    ['@hourly', 'Every hour', '每小时整点'],
    ['@weekly', 'At 00:00 on Sunday', '每周日 00:00'],
    ['@monthly', 'At 00:00 on day 1 of the month', '每月 1 日 00:00'],
    ['@yearly', 'At 00:00 on day 1 of January', '每年 1 月 1 日 00:00'],
    ['*/15 * * * *', 'Every 15 minutes', '每 15 分钟'],
    ['* * * * *', 'Every minute', '每分钟'],
    ['5 * * * *', 'At minute 5 of every hour', '每小时第 5 分'],
    ['0,30 * * * *', 'At minutes 0 and 30 of every hour', '每小时第 0、30 分'],
    ['2/5 * * * *', 'Every 5 minutes from minute 2', '从第 2 分起每 5 分钟'],
    ['*/45 * * * *', 'At minutes 0 and 45 of every hour', '每小时第 0、45 分'],
    [
      '*/15 9-17 * * MON-FRI',
      'Every 15 minutes from 09:00 to 17:59 Monday to Friday',
      '每周一至周五 09:00 至 17:59 每 15 分钟',
    ],
    ['0 9-17 * * 1-5', 'Every hour from 09:00 to 17:00 Monday to Friday', '每周一至周五 09:00 至 17:00 每小时整点'],
    ['0 */2 * * *', 'Every 2 hours from 00:00', '从 00:00 起每 2 小时'],
    ['1 */2 * * *', 'At minute 1 of every 2nd hour from 00:00', '从 00:00 起每 2 小时的那一小时内第 1 分'],
    ['0 22-2 * * *', 'At 00:00, 01:00, 02:00, 22:00 and 23:00 every day', '每天 00:00、01:00、02:00、22:00、23:00'],
    ['10-20 * * * *', 'Every minute from minute 10 to 20 of every hour', '每小时第 10 至 20 分每分钟'],
    ['* 5 * * *', 'Every minute in the hour from 05:00', '5 点内每分钟'],
    ['30 8,9,10 * * *', 'At 08:30, 09:30 and 10:30 every day', '每天 08:30、09:30、10:30'],
    [
      '0 0,1,2,5,7,9,11 * * *',
      'At 00:00, 01:00, 02:00, 05:00, 07:00, 09:00 and 11:00',
      '00:00、01:00、02:00、05:00、07:00、09:00、11:00',
    ],
    [
      '15,45 0,3,5,8 * * *',
      'At minutes 15 and 45 in the hours from 00:00, 03:00, 05:00 and 08:00',
      '0、3、5、8 点内第 15、45 分',
    ],
    ['* * * * * ?', 'Every second', '每秒'],
    ['*/5 * * * * ?', 'Every 5 seconds', '每 5 秒'],
    ['30 * * * * ?', 'At second 30 of every minute', '每分钟第 30 秒'],
    [
      '0,30 */10 * * * ?',
      'At seconds 0 and 30 of every 10th minute from minute 0',
      '从第 0 分起每 10 分钟的那一分钟内第 0、30 秒',
    ],
    ['30 5,7 * * * ?', 'At second 30 of minutes 5 and 7 of every hour', '每小时第 5、7 分内第 30 秒'],
    ['* 0 * * * ? *', 'Every second of minute 0 of every hour', '每小时第 0 分内每秒'],
    [
      '* 5 * * 3/5 ? *',
      'Every second of minute 5 of every hour in March and August',
      '每年 3、8 月 每小时第 5 分内每秒',
    ],
    ['* 10-15 9 * * ?', 'Every second of minutes 10 to 15 in the hour from 09:00', '9 点内第 10 至 15 分内每秒'],
    ['15 30 2 * * ?', 'At 02:30:15 every day', '每天 02:30:15'],
    ['0 30 2 LW * ?', 'At 02:30 on the last weekday of the month', '每月最后一个工作日 02:30'],
    ['0 0 0 L * ?', 'At 00:00 on the last day of the month', '每月最后一天 00:00'],
    ['0 0 0 L-3 * ?', 'At 00:00 on the day 3 before the last of the month', '每月倒数第 4 天 00:00'],
    [
      '0 0 0 L-3W * ?',
      'At 00:00 on the weekday nearest the day 3 before the last of the month',
      '每月最接近倒数第 4 天的工作日 00:00',
    ],
    ['0 0 0 15W * ?', 'At 00:00 on the weekday nearest day 15 of the month', '每月最接近 15 日的工作日 00:00'],
    ['0 0 0 1,15,L * ?', 'At 00:00 on days 1 and 15 and on the last day of the month', '每月 1、15 日、最后一天 00:00'],
    ['0 0 0 1-7 * ?', 'At 00:00 on days 1 to 7 of the month', '每月 1 日至 7 日 00:00'],
    ['0 0 0 */2 * ?', 'At 00:00 on every 2nd day from day 1 to 31 of the month', '每月 1 日至 31 日每 2 天 00:00'],
    ['0 0 0 ? * 6L', 'At 00:00 on the last Friday of the month', '每月最后一个周五 00:00'],
    ['0 0 0 ? * 6#3', 'At 00:00 on the third Friday of the month', '每月第三个周五 00:00'],
    ['0 0 0 ? * MON,6#3', 'At 00:00 on Monday and on the third Friday of the month', '每周一和每月第三个周五 00:00'],
    ['0 0 0 ? 1,7 6#3', 'At 00:00 on the third Friday of January and July', '每年 1、7 月第三个周五 00:00'],
    ['0 0 0 1 1/3 ?', 'At 00:00 on day 1 of January, April, July and October', '每年 1、4、7、10 月 1 日 00:00'],
    [
      '0 0 12 1 6-8 ? 2027-2030',
      'At 12:00 on day 1 of June to August from 2027 to 2030',
      '2027 年至 2030 年 6 月至 8 月每月 1 日 12:00',
    ],
    ['0 0 12 1 6 ? 2027,2029', 'At 12:00 on day 1 of June in 2027 and 2029', '2027、2029 年 6 月 1 日 12:00'],
    ['0 0 12 1 6 ? 2026/2', 'At 12:00 on day 1 of June every 2 years from 2026', '从 2026 年起每 2 年 6 月 1 日 12:00'],
    ['0 0 13 * FRI', 'At 00:00 on day 13 of the month or on Friday', '每月 13 日或每周五 00:00'],
    ['0 0 13 6 FRI', 'At 00:00 on day 13 of June or on Friday in June', '每年 6 月 13 日或每年 6 月的周五 00:00'],
    [
      '0 0 */10 * FRI',
      'At 00:00 on days 1, 11, 21 and 31 of the month if it is Friday',
      '每月 1、11、21、31 日且为周五 00:00',
    ],
    [
      '0 0 13 6 FRIL',
      'At 00:00 on day 13 of June or on the last Friday of June',
      '每年 6 月 13 日或每年 6 月最后一个周五 00:00',
    ],
    ['0 0 * 6 FRI', 'At 00:00 on Friday in June', '每年 6 月的周五 00:00'],
    ['*/5 * * 6 *', 'Every 5 minutes in June', '每年 6 月 每 5 分钟'],
    ['0 0 * 6 *', 'At 00:00 every day in June', '每年 6 月每天 00:00'],
    ['0 0 * * FRI-MON', 'At 00:00 Friday to Monday', '每周五至周一 00:00'],
    ['0 0 31 * *', 'At 00:00 on day 31 of the month', '每月 31 日 00:00'],
    ['0 0 7 * 1-2 ? *', 'At 07:00 every day in January and February', '每年 1、2 月每天 07:00'],
    ['10-59/5 * * * *', 'Every 5 minutes from minute 10 to 55 of every hour', '每小时第 10 至 55 分每 5 分钟'],
    ['0 0/5 * * *', 'At 00:00, 05:00, 10:00, 15:00 and 20:00 every day', '每天 00:00、05:00、10:00、15:00、20:00'],
    ['3 */5 * * *', 'At 00:03, 05:03, 10:03, 15:03 and 20:03 every day', '每天 00:03、05:03、10:03、15:03、20:03'],
    ['0 0 1-31 * FRI', 'At 00:00 every day', '每天 00:00'],
    ['0 0 13 * 0-6', 'At 00:00 every day', '每天 00:00'],
    [
      '0 0 0 1 1 ? 2026-2036/2',
      'At 00:00 on day 1 of January every 2 years from 2026 to 2036',
      '2026 年至 2036 年每 2 年 1 月 1 日 00:00',
    ],
    ['0 0 12 ? * 2-6 2027', 'At 12:00 Monday to Friday in 2027', '2027 年 每周一至周五 12:00'],
    ['0 0 1-7 * *', 'At 00:00 on days 1 to 7 of the month', '每月 1 日至 7 日 00:00'],
    ['0/7 * * * * ?', 'Every 7 seconds from second 0 to 56 of every minute', '每分钟第 0 至 56 秒每 7 秒'],
  ])('%s', (text, english, chinese) => {
    const cron = mustParseCron(text);
    expect(describeCron(cron, 'en')).toBe(english);
    expect(describeCron(cron, 'zh')).toBe(chinese);
  });

  it('names the zone', () => {
    const cron = mustParseCron('0 30 2 LW * ?');
    expect(describeCron(cron, 'en', 'Europe/Berlin')).toBe('At 02:30 on the last weekday of the month, Europe/Berlin');
    expect(describeCron(cron, 'zh', 'Europe/Berlin')).toBe('每月最后一个工作日 02:30(Europe/Berlin)');
  });

  it.each(['en', 'zh'] as const)('never reads alike in %s for expressions that differ', (language) => {
    const random = createSeededRandom(7);
    const seen = new Map<string, { readonly meaning: string; readonly text: string }>();
    for (let count = 0; count < 20_000; count++) {
      const reading = parseCron(randomCron(random));
      if (!reading.ok) continue;
      const { text } = reading.cron;
      const words = describeCron(reading.cron, language);
      expect(words).not.toMatch(/undefined|\s\s|\s$/);
      const meaning = meaningOf(reading.cron);
      const before = seen.get(words);
      if (before !== undefined && before.meaning !== meaning) expect.fail(`${text} and ${before.text}: ${words}`);
      seen.set(words, { meaning, text });
    }
  });
});

it('tells a fixed interval', () => {
  const interval = { kind: 'interval', everyMs: 900_000, anchorAt: Date.UTC(2026, 0, 1) } as const;
  expect(describeInterval(interval, 'en')).toBe('Every 15m from 2026-01-01T00:00:00Z');
  expect(describeInterval(interval, 'zh')).toBe('从 2026-01-01T00:00:00Z 起每 15m');
});
