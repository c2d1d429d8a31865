/**
 * The language inside `$[…]`: a date pattern with an offset, or a calendar function, evaluated against the business
 * time of a run in its zone. Whole days and months move on the calendar (the hour stays what it was when clocks are
 * turned); parts of a day are time that really passes.
 */
import { evaluateArithmetic } from './arithmetic.ts';
import { formatWall, truncateToPattern } from './time-pattern.ts';
import { addMonths, DAY_MS, modulo, toInstant, toWall, wallOf, weekday } from './wall-time.ts';

export interface TimeContext {
  /** Epoch ms: schedule time, backfill date or start of the run. */
  readonly businessTime: number;
  /** IANA zone. */
  readonly timezone: string;
}

export type TimeResult =
  | { readonly kind: 'value'; readonly value: string }
  /** Plain numbers and emptiness, as in a shell's `$[1]`: not meant as a time, left as it is. */
  | { readonly kind: 'literal' }
  | { readonly kind: 'invalid'; readonly reason: string };

interface Moment {
  readonly wall: number;
  readonly instant: number;
}

class Unsupported extends Error {}

const MAX_LENGTH = 200;
const FIRST_WALL = wallOf(1, 1, 1);
const LAST_WALL = wallOf(10_000, 1, 1) - 1;

/** Evaluates the text between `$[` and `]`. */
export function evaluateTimeExpression(expression: string, time: TimeContext): TimeResult {
  if (!/[A-Za-z]/.test(expression)) return { kind: 'literal' };
  if (expression.length > MAX_LENGTH) return { kind: 'invalid', reason: `it is longer than ${MAX_LENGTH} characters` };
  try {
    return { kind: 'value', value: evaluate(expression, time) };
  } catch (thrown) {
    if (thrown instanceof Unsupported) return { kind: 'invalid', reason: thrown.message };
    throw thrown;
  }
}

const CALL = /^\s*([a-z_]+)\((.*)\)\s*$/s;

function evaluate(expression: string, time: TimeContext): string {
  const call = CALL.exec(expression);
  if (call?.[1] === 'timestamp') return timestamp(show(call[2]!, time), time);
  if (call?.[1] === 'year_week') {
    const { pattern, amount } = splitArguments(call[2]!, 'year_week', 'optional');
    return yearWeek(now(time).wall, pattern, amount ?? 1);
  }
  const { moment, pattern } = show(expression, time);
  return format(moment, pattern);
}

/** A moment and the pattern to print it by: what every expression but the two special functions comes down to. */
interface Shown {
  readonly moment: Moment;
  readonly pattern: string;
}

function show(expression: string, time: TimeContext): Shown {
  const call = CALL.exec(expression);
  if (call === null) return showOffset(expression, time);
  const name = call[1]!;
  const rule = MOVES.get(name);
  if (rule === undefined)
    throw new Unsupported(`there is no function ${name}() here; known: ${[...MOVES.keys()].join(', ')}`);
  const { pattern, amount = 0 } = splitArguments(call[2]!, name, rule.amount);
  return { moment: atWall(rule.move(now(time).wall, amount), time.timezone), pattern };
}

type Amount = 'required' | 'optional' | 'none';

interface Move {
  readonly amount: Amount;
  readonly move: (wall: number, n: number) => number;
}

const monthStart = (wall: number, n: number): number =>
  addMonths(wall, n) - (dayOfMonth(addMonths(wall, n)) - 1) * DAY_MS;
const monthEnd = (wall: number, n: number): number => monthStart(wall, n + 1) - DAY_MS;
const weekStart = (wall: number, n: number): number => wall + (1 - weekday(wall) + 7 * n) * DAY_MS;
const weekEnd = (wall: number, n: number): number => weekStart(wall, n) + 6 * DAY_MS;

/** The functions that move the calendar date by `n` and print it; the time of day stays. */
const MOVES: ReadonlyMap<string, Move> = new Map<string, Move>([
  ['add_months', { amount: 'required', move: addMonths }],
  ['month_begin', { amount: 'required', move: (wall, n) => monthStart(wall, 0) + n * DAY_MS }],
  ['month_end', { amount: 'required', move: (wall, n) => monthEnd(wall, 0) + n * DAY_MS }],
  ['week_begin', { amount: 'required', move: (wall, n) => weekStart(wall, 0) + n * DAY_MS }],
  ['week_end', { amount: 'required', move: (wall, n) => weekEnd(wall, 0) + n * DAY_MS }],
  ['month_first_day', { amount: 'optional', move: monthStart }],
  ['month_last_day', { amount: 'optional', move: monthEnd }],
  ['week_first_day', { amount: 'optional', move: weekStart }],
  ['week_last_day', { amount: 'optional', move: weekEnd }],
  ['this_day', { amount: 'none', move: (wall) => wall }],
  ['last_day', { amount: 'none', move: (wall) => wall - DAY_MS }],
]);

/** Splits `pattern, n`; the amount comes after the last comma, so a pattern may hold commas of its own. */
function splitArguments(text: string, name: string, rule: Amount): { pattern: string; amount: number | undefined } {
  const comma = text.lastIndexOf(',');
  const amount = comma < 0 ? undefined : evaluateArithmetic(text.slice(comma + 1), { division: 'integer' });
  if (amount === undefined) {
    if (rule === 'required') throw new Unsupported(`${name}(pattern, n) needs a number as its second argument`);
    return { pattern: text, amount };
  }
  if (rule === 'none') throw new Unsupported(`${name}(pattern) takes one argument`);
  return { pattern: text.slice(0, comma), amount };
}

/**
 * Splits `pattern+offset`: the offset is the longest tail that is arithmetic and starts with a sign, in days.
 * `yyyy-MM-dd-1` is one day back, `HHmmss+2/24` two hours on.
 */
function showOffset(expression: string, time: TimeContext): Shown {
  const tail = /[+-][\d\s()*/+-]*$/.exec(expression);
  const days = tail === null ? undefined : evaluateArithmetic(tail[0], { division: 'exact' });
  if (tail === null || days === undefined) return { moment: now(time), pattern: expression };
  const pattern = expression.slice(0, tail.index);
  const current = now(time);
  if (Number.isInteger(days)) return { moment: atWall(current.wall + days * DAY_MS, time.timezone), pattern };
  const instant = current.instant + Math.round(days * 86_400) * 1_000;
  inRange(instant);
  return { moment: { instant, wall: toWall(instant, time.timezone) }, pattern };
}

/** Unix seconds of what would be printed: the moment, cut to what the pattern shows. */
function timestamp({ moment, pattern }: Shown, time: TimeContext): string {
  format(moment, pattern);
  const wall = truncateToPattern(moment.wall, pattern);
  if (wall === undefined) throw new Unsupported('timestamp() needs a pattern with a year');
  const cut = moment.wall - wall;
  // Cutting less than a minute cannot cross a turn of the clocks: the hour that comes twice stays the one it was.
  const instant = cut < 60_000 ? moment.instant - cut : toInstant(wall, time.timezone);
  return String(Math.floor(instant / 1_000));
}

/** Week of the year: weeks start at `startDay` and belong to the year that holds at least four of their days. */
function yearWeek(wall: number, pattern: string, startDay: number): string {
  if (!(startDay >= 1 && startDay <= 7))
    throw new Unsupported('the first day of a week is a number from 1 (Monday) to 7');
  const fourthDay = wall - modulo(weekday(wall) - startDay, 7) * DAY_MS + 3 * DAY_MS;
  const year = new Date(fourthDay).getUTCFullYear();
  const week = Math.floor((fourthDay - wallOf(year, 1, 1)) / DAY_MS / 7) + 1;
  return `${String(year).padStart(4, '0')}${pattern.includes('-') ? '-' : ''}${String(week).padStart(2, '0')}`;
}

function now({ businessTime, timezone }: TimeContext): Moment {
  return { instant: businessTime, wall: toWall(businessTime, timezone) };
}

function atWall(wall: number, timezone: string): Moment {
  inRange(wall);
  return { wall, instant: toInstant(wall, timezone) };
}

function inRange(ms: number): void {
  if (!(ms >= FIRST_WALL && ms <= LAST_WALL)) throw new Unsupported('the date is not between the years 1 and 9999');
}

function dayOfMonth(wall: number): number {
  return new Date(wall).getUTCDate();
}

function format({ wall, instant }: Moment, pattern: string): string {
  const formatted = formatWall(wall, pattern, wall - instant);
  if ('refused' in formatted) throw new Unsupported(formatted.refused);
  return formatted.text;
}
