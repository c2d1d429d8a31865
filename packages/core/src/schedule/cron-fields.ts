/** The fields of a cron expression, what may stand in them, and what they are called in messages. */

/** `unix`: five fields, weekdays 0 or 7 for Sunday. `quartz`: six or seven, weekdays 1 for Sunday to 7 for Saturday. */
export type CronDialect = 'unix' | 'quartz';

export type CronFieldName = 'second' | 'minute' | 'hour' | 'dayOfMonth' | 'month' | 'dayOfWeek' | 'year';

/** Fire times are told for these years. Quartz ends its year field in 2099. */
export const FIRST_YEAR = 1970;
export const LAST_YEAR = 2199;

export interface FieldRange {
  readonly name: CronFieldName;
  /** As messages call it. */
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** What `*` and open steps run to: 7 is Sunday a second time. */
  readonly last: number;
  /** Upper-case names, in order, and the number of the first. */
  readonly names: readonly string[];
  readonly firstName: number;
  /** `22-2` goes on after the largest value. */
  readonly wraps: boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const numbers = (name: CronFieldName, label: string, min: number, max: number): FieldRange => ({
  name,
  label,
  min,
  max,
  last: max,
  names: [],
  firstName: 0,
  wraps: true,
});

const SECOND = numbers('second', 'second', 0, 59);
const MINUTE = numbers('minute', 'minute', 0, 59);
const HOUR = numbers('hour', 'hour', 0, 23);
const DAY_OF_MONTH = numbers('dayOfMonth', 'day of month', 1, 31);
const MONTH: FieldRange = { ...numbers('month', 'month', 1, 12), names: MONTHS, firstName: 1 };
const UNIX_WEEKDAY: FieldRange = {
  ...numbers('dayOfWeek', 'day of week', 0, 7),
  last: 6,
  names: WEEKDAYS,
  firstName: 0,
};
const QUARTZ_WEEKDAY: FieldRange = { ...numbers('dayOfWeek', 'day of week', 1, 7), names: WEEKDAYS, firstName: 1 };
const YEAR: FieldRange = { ...numbers('year', 'year', FIRST_YEAR, LAST_YEAR), wraps: false };

const UNIX = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, UNIX_WEEKDAY];
const QUARTZ = [SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, QUARTZ_WEEKDAY];

/** The fields of an expression with so many of them, in order; undefined for a number that is none. */
export function fieldsOf(count: number): readonly FieldRange[] | undefined {
  if (count === 5) return UNIX;
  if (count === 6) return QUARTZ;
  return count === 7 ? [...QUARTZ, YEAR] : undefined;
}

export function dialectOf(fieldCount: number): CronDialect {
  return fieldCount === 5 ? 'unix' : 'quartz';
}

/** 0 for Sunday to 6 for Saturday, of a number as it is written. */
export function weekdayFromField(value: number, range: FieldRange): number {
  return (value - range.firstName) % 7;
}
