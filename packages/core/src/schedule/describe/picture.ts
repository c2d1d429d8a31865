/** What a description tells of an expression, before it has a language. */
import type { CronExpression, SpecialDay } from '../cron.ts';
import { FIRST_YEAR, LAST_YEAR } from '../cron-fields.ts';
import { type Shape, shapeOf } from './shape.ts';

export interface CronPicture {
  readonly time: TimePicture;
  /** Null where each day of the month fits. */
  readonly dates: DayPicture | null;
  readonly weekdays: DayPicture | null;
  readonly dayJoin: 'both' | 'either';
  /** Null for each month. */
  readonly months: Shape | null;
  readonly years: Shape | null;
}

export type TimePicture =
  /** A few times of the day, as `02:30` or `02:30:15`. */
  | { readonly kind: 'times'; readonly times: readonly string[] }
  | { readonly kind: 'pattern'; readonly second: Shape; readonly minute: Shape; readonly hour: Shape };

export interface DayPicture {
  readonly plain: Shape | null;
  readonly special: readonly SpecialDay[];
}

/** More times than this are told as a pattern. */
const MAX_TIMES = 6;

export function pictureOf({ fields, dayJoin }: CronExpression): CronPicture {
  const dates = dayOf(fields.dayOfMonth, { min: 1, size: 31 });
  const weekdays = dayOf(fields.dayOfWeek, { min: 0, size: 7 });
  // Of two of which one is enough, one that names every day makes it every day.
  const everyDay = dayJoin === 'either' && (dates === null || weekdays === null);
  return {
    time: timeOf(fields),
    dates: everyDay ? null : dates,
    weekdays: everyDay ? null : weekdays,
    dayJoin,
    months: restricting(shapeOf(fields.month.values, { min: 1, size: 12 })),
    years: fields.year.any
      ? null
      : restricting(shapeOf(fields.year.values, { min: FIRST_YEAR, size: LAST_YEAR - FIRST_YEAR + 1 })),
  };
}

function timeOf({ hour, minute, second }: CronExpression['fields']): TimePicture {
  const count = hour.values.length * minute.values.length * second.values.length;
  if (count > MAX_TIMES) {
    return {
      kind: 'pattern',
      second: shapeOf(second.values, { min: 0, size: 60 }),
      minute: shapeOf(minute.values, { min: 0, size: 60 }),
      hour: shapeOf(hour.values, { min: 0, size: 24 }),
    };
  }
  const onFullMinutes = second.values.length === 1 && second.values[0] === 0;
  const times = hour.values.flatMap((h) =>
    minute.values.flatMap((m) => second.values.map((s) => (onFullMinutes ? clock(h, m) : clock(h, m, s)))),
  );
  return { kind: 'times', times };
}

function dayOf(field: CronExpression['fields']['dayOfMonth'], cycle: { min: number; size: number }): DayPicture | null {
  const plain = field.values.length === 0 ? null : shapeOf(field.values, cycle);
  // A field that names every day says nothing.
  if (plain?.kind === 'all') return null;
  return { plain, special: field.special };
}

function restricting(shape: Shape): Shape | null {
  return shape.kind === 'all' ? null : shape;
}

/** `[9, 5]` → `09:05`. */
export function clock(...parts: readonly number[]): string {
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** True when the shape is the one value 0: the start of what is above. */
export function isZero(shape: Shape): boolean {
  return shape.kind === 'list' && shape.values.length === 1 && shape.values[0] === 0;
}

/** Steps as the values they come to: months are better named than counted. */
export function listed(shape: Shape, cycle: { min: number; size: number }): Shape {
  if (shape.kind !== 'every' && shape.kind !== 'steps') return shape;
  const last = shape.kind === 'steps' ? shape.to : cycle.min + cycle.size - 1;
  const values: number[] = [];
  for (let value = shape.from; value <= last; value += shape.step) values.push(value);
  return { kind: 'list', values };
}
