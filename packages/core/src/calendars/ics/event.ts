/** One event of a calendar file, understood; or why it is not. */
import { DAY_MS } from '../../params/wall-time.ts';
import { LAST_YEAR } from '../../schedule/cron-fields.ts';
import type { RawEvent } from './components.ts';
import { type ContentLine, unescaped } from './content-lines.ts';
import { type Recurrence, readRecurrence } from './recurrence.ts';
import { readLength, readWall, type WallValue, wallIn } from './wall-values.ts';

export interface IcsEvent {
  readonly title: string;
  readonly line: number;
  readonly uid: string;
  readonly allDay: boolean;
  /** That of its walls; null: a day, or a time that is the same on every clock. */
  readonly zone: string | null;
  readonly start: number;
  readonly lengthMs: number;
  readonly rule: Recurrence | null;
  /** Further starts, and starts that are none. */
  readonly added: readonly number[];
  readonly removed: readonly number[];
  /** It stands for the occurrence of the event with its uid that would start then. */
  readonly replaces: number | null;
  readonly cancelled: boolean;
}

const MAX_TITLE = 200;
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(LAST_YEAR, 11, 31);

export function titleOf({ properties }: RawEvent): string {
  const summary = properties.find(({ name }) => name === 'SUMMARY')?.value ?? '';
  const title = unescaped(summary).replaceAll(/\s+/g, ' ').trim();
  return title === '' ? 'Event' : title.slice(0, MAX_TITLE);
}

/** @returns a text: why it cannot be taken. */
export function readEvent(raw: RawEvent, zones: ReadonlyMap<string, string>): IcsEvent | string {
  const one = (name: string) => raw.properties.find((property) => property.name === name);
  const startLine = one('DTSTART');
  if (startLine === undefined) return 'It has no start (DTSTART)';
  const start = readWall(startLine, zones);
  if (typeof start === 'string') return start;
  if (start.wall < EARLIEST) return 'It starts before 1900';
  const lengthMs = readEventLength(start, { end: one('DTEND'), duration: one('DURATION'), zones });
  if (typeof lengthMs === 'string') return lengthMs;
  if (start.wall + lengthMs > LATEST) return `It ends after ${LAST_YEAR}`;

  const inZone = (line: Pick<ContentLine, 'params' | 'value'>): number | string => {
    const read = readWall(line, zones);
    if (typeof read === 'string') return read;
    const wall = wallIn(start.zone, read);
    return start.allDay ? Math.floor(wall / DAY_MS) * DAY_MS : wall;
  };
  const lists = ['RDATE', 'EXDATE'].map((name) =>
    raw.properties
      .filter((property) => property.name === name)
      .flatMap(({ params, value }) => value.split(',').map((part) => inZone({ params, value: part }))),
  );
  const wrong = lists.flat().find((wall) => typeof wall === 'string');
  if (wrong !== undefined) return `A date that is added or left out: ${wrong}`;
  const [added, removed] = lists as number[][];

  const ruleLine = one('RRULE');
  const rule =
    ruleLine === undefined
      ? null
      : readRecurrence(ruleLine.value, (value) => {
          const until = readWall({ params: {}, value }, zones);
          return typeof until === 'string' ? until : { wall: wallIn(start.zone, until), allDay: until.allDay };
        });
  if (typeof rule === 'string') return rule;
  const replacesLine = one('RECURRENCE-ID');
  const replaces = replacesLine === undefined ? null : inZone(replacesLine);
  if (typeof replaces === 'string') return replaces;
  if (replacesLine?.params.RANGE !== undefined)
    return 'It changes all occurrences that follow one, which is not understood here';
  return {
    ...{ title: titleOf(raw), line: raw.line, uid: one('UID')?.value ?? '', allDay: start.allDay, zone: start.zone },
    ...{ start: start.wall, lengthMs, rule, added: added!, removed: removed!, replaces },
    cancelled: one('STATUS')?.value.trim().toUpperCase() === 'CANCELLED',
  };
}

function readEventLength(
  start: WallValue,
  {
    end,
    duration,
    zones,
  }: {
    readonly end: ContentLine | undefined;
    readonly duration: ContentLine | undefined;
    readonly zones: ReadonlyMap<string, string>;
  },
): number | string {
  let lengthMs = start.allDay ? DAY_MS : 0;
  if (end !== undefined) {
    const read = readWall(end, zones);
    if (typeof read === 'string') return read;
    lengthMs = wallIn(start.zone, read) - start.wall;
  } else if (duration !== undefined) {
    const read = readLength(duration.value);
    if (read === undefined) return `"${duration.value}" is not a length (DURATION)`;
    lengthMs = read;
  }
  // Some write the last day as the end, which by the rules is the day after it.
  if (start.allDay) return Math.max(DAY_MS, Math.ceil(lengthMs / DAY_MS) * DAY_MS);
  return lengthMs > 0 ? lengthMs : 'It has no length: it is a moment';
}
