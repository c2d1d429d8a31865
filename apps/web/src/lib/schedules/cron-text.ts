/** An expression as people write it: its words, the field each stands for, and where it is wrong. Nothing is understood here. Pure. */
import type { PreviewProblem } from '@vaquita/client';

export type CronFieldName = NonNullable<PreviewProblem['field']>;

const UNIX: readonly CronFieldName[] = ['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'];
const QUARTZ: readonly CronFieldName[] = ['second', ...UNIX];

export interface CronWord {
  readonly text: string;
  /** The place of its first character. */
  readonly at: number;
  /** Undefined where the number of words names no field, and in a nickname. */
  readonly field: CronFieldName | undefined;
}

export function wordsOf(expression: string): readonly CronWord[] {
  const words = Array.from(expression.matchAll(/\S+/g), (match) => ({ text: match[0], at: match.index }));
  const named = words[0]?.text.startsWith('@') ? undefined : fieldsOf(words.length);
  return words.map((word, index) => ({ ...word, field: named?.[index] }));
}

/** Five fields are those of Unix; more begin with the second, as in Quartz. */
function fieldsOf(count: number): readonly CronFieldName[] | undefined {
  if (count === 5) return UNIX;
  if (count === 6) return QUARTZ;
  return count === 7 ? [...QUARTZ, 'year'] : undefined;
}

export const isQuartz = (words: readonly CronWord[]): boolean => words.length > 5;

/** The word in which a place of the expression lies, or which ends there. */
export function wordAt(words: readonly CronWord[], place: number): CronWord | undefined {
  return words.find(({ at, text }) => place >= at && place <= at + text.length);
}

export interface Piece {
  readonly text: string;
  readonly wrong: boolean;
}

type Place = Pick<PreviewProblem, 'at' | 'text'>;

/** The expression cut into what is right and what is wrong. A problem of the whole of it marks nothing. */
export function piecesOf(expression: string, problems: readonly Place[]): readonly Piece[] {
  const marks = problems
    .flatMap(({ at, text }) =>
      at === null || text === null || text === '' ? [] : [{ from: at, to: at + text.length }],
    )
    .sort((a, b) => a.from - b.from);
  const pieces: Piece[] = [];
  let done = 0;
  for (const { from, to } of marks) {
    const begin = Math.max(from, done);
    const end = Math.min(to, expression.length);
    if (end <= begin) continue;
    if (begin > done) pieces.push({ text: expression.slice(done, begin), wrong: false });
    pieces.push({ text: expression.slice(begin, end), wrong: true });
    done = end;
  }
  if (done < expression.length) pieces.push({ text: expression.slice(done), wrong: false });
  return pieces;
}

/** Common expressions by their key in the texts. */
export const QUICK = {
  quarter: '*/15 * * * *',
  hour: '0 * * * *',
  night: '30 2 * * *',
  workday: '0 8 * * MON-FRI',
  week: '0 6 * * MON',
  month: '0 3 1 * *',
  lastDay: '0 0 3 L * ?',
  lastWorkday: '0 0 3 LW * ?',
} as const;
