/**
 * Reads cron expressions of five fields (Unix: minute hour day month weekday), six (Quartz: with seconds first) and seven (with a year
 * last), and nicknames. The number of fields alone decides the dialect, which is how weekdays are numbered:
 * 0 or 7 is Sunday with five, 1 is Sunday with more.
 */
import { dayNumber } from './calendar-days.ts';
import type { CronExpression, CronField, CronProblem, CronReading } from './cron.ts';
import { type CronFieldName, dialectOf, FIRST_YEAR, type FieldRange, fieldsOf } from './cron-fields.ts';
import { expandNickname } from './nicknames.ts';
import { type FieldText, parseField } from './parse-field.ts';
import { seekDay } from './wall-search.ts';

/** Longer than any expression that a person could still read. */
const MAX_LENGTH = 512;

/** Of a field that is not written. */
const EVERY: CronField = { text: '*', any: true, stepped: false, values: [], special: [] };
const AT_ZERO: CronField = { text: '0', any: false, stepped: false, values: [0], special: [] };

/** Understands an expression, or tells everything that is wrong with it. */
export function parseCron(text: string): CronReading {
  const whole = (message: string): CronReading => ({
    ok: false,
    problems: [{ field: null, at: 0, text: text.slice(0, MAX_LENGTH), message }],
  });
  if (text.length > MAX_LENGTH)
    return whole(`The expression has ${text.length} characters; ${MAX_LENGTH} are allowed.`);
  const written = wordsOf(text);
  const first = written[0];
  if (first === undefined) return whole('The expression is empty. Every day at 02:30 is 30 2 * * *.');
  if (first.text.startsWith('@')) {
    const nickname = expandNickname(written.map((word) => word.text).join(' '));
    return 'message' in nickname
      ? whole(nickname.message)
      : parseWords(wordsOf(nickname.fields), first.text.toLowerCase());
  }
  return parseWords(written, written.map((word) => word.text).join(' '));
}

function wordsOf(text: string): readonly FieldText[] {
  return Array.from(text.matchAll(/\S+/g), (match) => ({ text: match[0], at: match.index }));
}

function parseWords(words: readonly FieldText[], text: string): CronReading {
  const ranges = fieldsOf(words.length);
  if (ranges === undefined) {
    const message =
      `${words.length} ${words.length === 1 ? 'field is' : 'fields are'} not enough or too many. ` +
      'Write five (minute hour day-of-month month day-of-week), six (second first) or seven (year last).';
    return { ok: false, problems: [{ field: null, at: 0, text, message }] };
  }
  const read = ranges.map((range, index) => parseField(range, words[index]!));
  const fields: Record<CronFieldName, CronField> = {
    second: AT_ZERO,
    minute: AT_ZERO,
    hour: AT_ZERO,
    dayOfMonth: EVERY,
    month: EVERY,
    dayOfWeek: EVERY,
    year: EVERY,
  };
  ranges.forEach((range, index) => {
    fields[range.name] = read[index]!.field;
  });
  const dialect = dialectOf(words.length);
  const cron: CronExpression = { text, dialect, fields, dayJoin: joinOf(fields) };
  const problems = read.flatMap((field) => field.problems);
  const wordOf = (name: CronFieldName) => words[ranges.findIndex((range: FieldRange) => range.name === name)]!;
  if (problems.length === 0 && dialect === 'quartz') problems.push(...dayFieldProblems(cron, wordOf));
  if (problems.length === 0 && seekDay(cron, dayNumber(FIRST_YEAR, 1, 1), 1) === null) {
    problems.push(neverProblem(cron, wordOf));
  }
  return problems.length === 0 ? { ok: true, cron } : { ok: false, problems };
}

/** Unix: two fields that both say something are joined by "or", but a field that begins with `*` counts as saying nothing. */
function joinOf({ dayOfMonth, dayOfWeek }: Readonly<Record<CronFieldName, CronField>>): 'both' | 'either' {
  const open = (field: CronField) => field.any || field.text.startsWith('*');
  return open(dayOfMonth) || open(dayOfWeek) ? 'both' : 'either';
}

/**
 * Quartz wants `?` in one of the two day fields. Without it the expression may come from a cron with seconds and Unix weekdays: it is
 * taken where that makes no difference.
 */
function dayFieldProblems(cron: CronExpression, wordOf: (name: CronFieldName) => FieldText): readonly CronProblem[] {
  const { dayOfMonth, dayOfWeek } = cron.fields;
  const word = wordOf('dayOfWeek');
  const problem = (message: string): readonly CronProblem[] => [{ field: 'dayOfWeek', ...word, message }];
  if (dayOfMonth.text === '?' && dayOfWeek.text === '?') {
    return problem('Only one of day of month and day of week may be "?". Write * in one of them for every day.');
  }
  if (dayOfMonth.text === '?' || dayOfWeek.any) return [];
  if (!dayOfMonth.any) {
    return problem(
      'With six or seven fields only one of day of month and day of week may say something. Write ? in the other.',
    );
  }
  if (!/\d/.test(dayOfWeek.text.replaceAll(/[/#]\d+/g, ''))) return [];
  return problem(
    'It is not clear which weekday a number means: Quartz counts from 1 for Sunday, others from 1 for Monday. ' +
      'Write a name such as MON, or ? as day of month to count as Quartz does.',
  );
}

/** No day fits. Says which field is at odds with which. */
function neverProblem(cron: CronExpression, wordOf: (name: CronFieldName) => FieldText): CronProblem {
  const { dayOfMonth, year } = cron.fields;
  const anyYear: CronExpression = { ...cron, fields: { ...cron.fields, year: EVERY } };
  if (!year.any && seekDay(anyYear, dayNumber(FIRST_YEAR, 1, 1), 1) !== null) {
    const message = 'The day does not exist in any of these years. Choose other years, or * for all of them.';
    return { field: 'year', ...wordOf('year'), message };
  }
  const months = cron.fields.month.any ? '' : ` in the months ${cron.fields.month.text}`;
  const what = dayOfMonth.any ? 'weekday' : 'day of month';
  const message = `It would never run: no such ${what} exists${months}. April, June, September and November have 30 days, February 28 or 29; L is the last day of each month.`;
  return {
    field: dayOfMonth.any ? 'dayOfWeek' : 'dayOfMonth',
    ...wordOf(dayOfMonth.any ? 'dayOfWeek' : 'dayOfMonth'),
    message,
  };
}
