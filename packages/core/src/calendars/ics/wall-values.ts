/** Dates, times and lengths as calendar files write them. Walls are as in `params/wall-time.ts`. */
import { DAY_MS, isTimezone, toInstant, toWall } from '../../params/wall-time.ts';
import { dayNumber, daysInMonth } from '../../schedule/calendar-days.ts';
import type { ContentLine } from './content-lines.ts';

export interface WallValue {
  readonly wall: number;
  readonly allDay: boolean;
  /** Null: a day, or a time that is the same on every clock. */
  readonly zone: string | null;
}

const DATE = /^(\d{4})(\d{2})(\d{2})$/;
const DATE_TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(Z?)$/;

/** @returns a text: what is wrong with it. */
export function readWall(
  { params, value }: Pick<ContentLine, 'params' | 'value'>,
  zones: ReadonlyMap<string, string>,
): WallValue | string {
  const date = DATE.exec(value);
  const time = DATE_TIME.exec(value);
  const found = date ?? time;
  if (found === null) return `"${value}" is not a date or a time`;
  const [year, month, day] = found.slice(1, 4).map(Number) as [number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    return `There is no day ${value.slice(0, 8)}`;
  const midnight = dayNumber(year, month, day) * DAY_MS;
  if (time === null) return { wall: midnight, allDay: true, zone: null };
  const [hour, minute, second] = time.slice(4, 7).map(Number) as [number, number, number];
  if (hour > 23 || minute > 59 || second > 60) return `There is no time ${value.slice(9)}`;
  const wall = midnight + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1_000;
  if (time[7] === 'Z') return { wall, allDay: false, zone: 'UTC' };
  if (params.TZID === undefined) return { wall, allDay: false, zone: null };
  const zone = zoneNamed(params.TZID, zones);
  if (zone !== undefined) return { wall, allDay: false, zone };
  return `Its time zone "${params.TZID.slice(0, MAX_ZONE_NAME)}" is not known here: IANA names such as Europe/Berlin are`;
}

/** Longer than any, with its prefix: what is longer would take long to search. */
const MAX_ZONE_NAME = 200;

/** Files put prefixes before names: `/freeassociation.sourceforge.net/Europe/Berlin`. */
function zoneNamed(name: string, zones: ReadonlyMap<string, string>): string | undefined {
  if (name.length > MAX_ZONE_NAME) return undefined;
  const candidates = [name, zones.get(name), /[A-Za-z_]+\/[A-Za-z_]+(?:\/[A-Za-z_]+)?$/.exec(name)?.[0]];
  return candidates.find((candidate) => candidate !== undefined && isTimezone(candidate));
}

/** What clocks of `zone` show at that moment. Times that are the same on every clock stay. */
export function wallIn(zone: string | null, { wall, zone: own }: WallValue): number {
  return zone === null || own === null || own === zone ? wall : toWall(toInstant(wall, own), zone);
}

const LENGTH = /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Milliseconds; undefined when it is no length. */
export function readLength(value: string): number | undefined {
  const found = LENGTH.exec(value);
  if (found === null || found[1] === '-') return undefined;
  const [weeks, days, hours, minutes, seconds] = found.slice(2).map((part) => Number(part ?? 0)) as number[];
  return (((weeks! * 7 + days!) * 24 + hours!) * 60 + minutes!) * 60_000 + seconds! * 1_000;
}
