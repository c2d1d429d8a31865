/** An expression in Chinese: “每月最后一个工作日 02:30”. From the largest unit to the smallest, as dates are said. */
import type { SpecialDay } from '../cron.ts';
import { LAST_YEAR } from '../cron-fields.ts';
import { type CronPicture, clock, type DayPicture, isZero, listed, type TimePicture } from './picture.ts';
import type { Shape } from './shape.ts';

const WEEKDAYS = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'];
const NTH = ['第一个', '第二个', '第三个', '第四个', '第五个'];

export function describeInChinese(picture: CronPicture): string {
  const years = picture.years === null ? '' : `${yearsOf(picture.years)} `;
  const months = picture.months === null ? null : monthsOf(picture.months, years === '' ? '每年 ' : '');
  const inMonth = months ?? '每月';
  const dates = picture.dates === null ? null : `${inMonth}${datesOf(picture.dates)}`;
  // After dates the month is said again only where a weekday alone is enough.
  const weekdaysMonth = picture.dates === null || picture.dayJoin === 'either' ? months : '';
  const weekdays = picture.weekdays === null ? null : weekdaysOf(picture.weekdays, weekdaysMonth);
  const days = daysOf(picture, { dates, weekdays, months });
  const time = timeOf(picture.time);
  return `${years}${days} ${time}`.trim();
}

interface DayTexts {
  readonly dates: string | null;
  readonly weekdays: string | null;
  readonly months: string | null;
}

function daysOf({ dayJoin, time }: CronPicture, { dates, weekdays, months }: DayTexts): string {
  if (dates !== null && weekdays !== null) {
    return dayJoin === 'either' ? `${dates}或${weekdays}` : `${dates}且为${weekdays}`;
  }
  if (dates !== null || weekdays !== null) return dates ?? weekdays ?? '';
  const everyDay = time.kind === 'times' ? '每天' : '';
  return months === null ? everyDay : `${months}${everyDay}`;
}

function timeOf(time: TimePicture): string {
  if (time.kind === 'times') return time.times.join('、');
  const { second, minute, hour } = time;
  const onTheHour = isZero(second) && isZero(minute);
  if (onTheHour && hour.kind === 'all') return '每小时整点';
  if (onTheHour && hour.kind === 'every') return `从 ${clock(hour.from, 0)} 起每 ${hour.step} 小时`;
  if (onTheHour && hour.kind === 'steps') return `${clock(hour.from, 0)} 至 ${clock(hour.to, 0)} 每 ${hour.step} 小时`;
  if (onTheHour && hour.kind === 'range') return `${clock(hour.from, 0)} 至 ${clock(hour.to, 0)} 每小时整点`;
  if (onTheHour && hour.kind === 'list') return hour.values.map((value) => clock(value, 0)).join('、');
  const inner = isZero(second)
    ? rhythm('分钟', '分', minute)
    : `${minutesAround(minute, second)}${rhythm('秒', '秒', second)}`;
  return `${hoursAround(hour, minute)}${inner}`;
}

function hoursAround(hour: Shape, minute: Shape): string {
  switch (hour.kind) {
    case 'all':
      return minute.kind === 'all' || minute.kind === 'every' ? '' : '每小时';
    case 'every':
      return `从 ${clock(hour.from, 0)} 起每 ${hour.step} 小时的那一小时内`;
    case 'steps':
      return `${clock(hour.from, 0)} 至 ${clock(hour.to, 59)} 每 ${hour.step} 小时的那一小时内`;
    case 'range':
      return `${clock(hour.from, 0)} 至 ${clock(hour.to, 59)} `;
    case 'list':
      return `${hour.values.map(String).join('、')} 点内`;
  }
}

function minutesAround(minute: Shape, second: Shape): string {
  switch (minute.kind) {
    case 'all':
      return second.kind === 'all' || second.kind === 'every' ? '' : '每分钟';
    case 'every':
      return `从第 ${minute.from} 分起每 ${minute.step} 分钟的那一分钟内`;
    case 'steps':
      return `第 ${minute.from} 至 ${minute.to} 分每 ${minute.step} 分钟的那一分钟内`;
    case 'range':
      return `第 ${minute.from} 至 ${minute.to} 分内`;
    case 'list':
      return `第 ${minute.values.join('、')} 分内`;
  }
}

function rhythm(unit: string, mark: string, shape: Shape): string {
  switch (shape.kind) {
    case 'all':
      return `每${unit}`;
    case 'every':
      return `${shape.from === 0 ? '' : `从第 ${shape.from} ${mark}起`}每 ${shape.step} ${unit}`;
    case 'steps':
      return `第 ${shape.from} 至 ${shape.to} ${mark}每 ${shape.step} ${unit}`;
    case 'range':
      return `第 ${shape.from} 至 ${shape.to} ${mark}每${unit}`;
    case 'list':
      return `第 ${shape.values.join('、')} ${mark}`;
  }
}

function datesOf({ plain, special }: DayPicture): string {
  const texts = special.map((day) => specialOf(day));
  if (plain !== null) {
    if (plain.kind === 'range') texts.unshift(` ${plain.from} 日至 ${plain.to} 日`);
    if (plain.kind === 'steps') texts.unshift(` ${plain.from} 日至 ${plain.to} 日每 ${plain.step} 天`);
    if (plain.kind === 'list') texts.unshift(` ${plain.values.join('、')} 日`);
  }
  return texts.join('、');
}

/** @param months null where no month is named; '' where it was said before */
function weekdaysOf({ plain, special }: DayPicture, months: string | null): string {
  const texts: string[] = [];
  if (plain?.kind === 'range')
    texts.push(`${months ?? '每'}${months ? '的' : ''}${WEEKDAYS[plain.from]}至${WEEKDAYS[plain.to]}`);
  if (plain?.kind === 'list') {
    texts.push(`${months ?? '每'}${months ? '的' : ''}${plain.values.map((value) => WEEKDAYS[value]).join('、')}`);
  }
  if (special.length > 0) texts.push(`${months ?? '每月'}${special.map((day) => specialOf(day)).join('、')}`);
  return texts.join('和');
}

function specialOf(day: SpecialDay): string {
  switch (day.kind) {
    case 'last':
      return lastDay(day.before);
    case 'lastWorkday':
      return day.before === 0 ? '最后一个工作日' : `最接近${lastDay(day.before)}的工作日`;
    case 'workday':
      return `最接近 ${day.day} 日的工作日`;
    case 'lastWeekday':
      return `最后一个${WEEKDAYS[day.weekday]}`;
    case 'nthWeekday':
      return `${NTH[day.nth - 1]}${WEEKDAYS[day.weekday]}`;
  }
}

function lastDay(before: number): string {
  return before === 0 ? '最后一天' : `倒数第 ${before + 1} 天`;
}

/** @param eachYear what is said before months where no year is named */
function monthsOf(shape: Shape, eachYear: string): string {
  const months = listed(shape, { min: 1, size: 12 });
  if (months.kind === 'range') return `${eachYear}${months.from} 月至 ${months.to} 月每月`;
  return months.kind === 'list' ? `${eachYear}${months.values.join('、')} 月` : '';
}

function yearsOf(shape: Shape): string {
  switch (shape.kind) {
    case 'range':
      return `${shape.from} 年至 ${shape.to} 年`;
    case 'steps':
    case 'every':
      return shape.kind === 'every' || shape.to + shape.step > LAST_YEAR
        ? `从 ${shape.from} 年起每 ${shape.step} 年`
        : `${shape.from} 年至 ${shape.to} 年每 ${shape.step} 年`;
    case 'list':
      return `${shape.values.join('、')} 年`;
    case 'all':
      return '';
  }
}
